//! The steps of what takes long, as those who wait see them.

/// What happens.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// A step begins.
    Begins(String),
    /// A part of the step, of which there may be many.
    Detail(&'a str),
    /// The step waits for something else.
    Waits(&'a str),
}

/// What is called with each step.
pub(crate) type Steps<'a> = &'a mut dyn FnMut(Step<'_>);
