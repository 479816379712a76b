//! Activates a signup: against the sandbox, or, where the environment has credentials, against the real service.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Parser;
use confluent_cloud::errors::ActivateSignupError;
use confluent_cloud::sandbox::{self, Sandbox};
use confluent_cloud::{Client, DEFINITION, Error, ErrorKind, types};

/// Activate a signup.
///
/// Without credentials in the environment, a sandbox is started on this machine and used. With CONFLUENT_CLIENT_ID and
/// CONFLUENT_CLIENT_SECRET (and, for another server, CONFLUENT_BASE_URL), the real service is.
///
/// Exit codes: 0 activated, 1 the service refused, 2 wrong usage or configuration, 3 no answer.
#[derive(Parser)]
struct Cli {
    /// The organization to activate; required for the real service.
    #[arg(long)]
    organization_id: Option<String>,
    /// The user's given name; required for the real service.
    #[arg(long)]
    given_name: Option<String>,
    /// The user's family name; required for the real service.
    #[arg(long)]
    family_name: Option<String>,
    /// The user's email address; required for the real service.
    #[arg(long)]
    email: Option<String>,
    /// Log token fetches and attempts to stderr.
    #[arg(long, short)]
    verbose: bool,
}

impl Cli {
    /// The request, with `stand_ins` for what is not given; without them, the name of an argument that is missing.
    fn request(&self, stand_ins: bool) -> Result<types::ActivatePartnerSignupRequest, &'static str> {
        let take = |given: &Option<String>, name: &'static str, stand_in: &str| match given {
            Some(value) => Ok(value.clone()),
            None if stand_ins => Ok(stand_in.to_owned()),
            None => Err(name),
        };
        let user = types::V2User::new(types::V2UserRequired {
            given_name: take(&self.given_name, "--given-name", "Ada")?,
            family_name: take(&self.family_name, "--family-name", "Lovelace")?,
            email: take(&self.email, "--email", "ada@example.com")?,
        });
        let organization_id = take(&self.organization_id, "--organization-id", "b3a17773-05cc-4431-9560-433fb4613da8")?;
        let required = types::ActivatePartnerSignupRequestRequired { user, organization_id };
        Ok(types::ActivatePartnerSignupRequest::new(required))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.verbose {
        let colour = std::io::stderr().is_terminal();
        tracing_subscriber::fmt()
            .with_env_filter("openapi_runtime=debug")
            .with_writer(std::io::stderr)
            .with_ansi(colour)
            .init();
    }
    let variables = DEFINITION.environment.iter().map(|variable| variable.name).chain([DEFINITION.base_url_variable]);
    let real = variables.into_iter().any(|name| std::env::var_os(name).is_some());
    let result = if real { on_the_service(&cli).await } else { in_the_sandbox(&cli).await };
    result.unwrap_or_else(|message| {
        complain(&message);
        ExitCode::from(2)
    })
}

async fn on_the_service(cli: &Cli) -> Result<ExitCode, String> {
    let request = cli.request(false).map_err(|name| format!("the real service needs {name}"))?;
    let client = Client::from_env().map_err(|error| error.to_string())?;
    Ok(activate(&client, request).await)
}

async fn in_the_sandbox(cli: &Cli) -> Result<ExitCode, String> {
    let request = cli.request(true).map_err(str::to_owned)?;
    let sandbox = sandbox::start().await.map_err(|error| error.to_string())?;
    step("sandbox", sandbox.url());
    let client = sandbox.client_builder::<Client>().build().map_err(|error| error.to_string())?;
    let code = activate(&client, request.clone()).await;
    step("token", &fetches(&sandbox));
    let code = if again(&client, request).await { code } else { ExitCode::from(1) };
    step("token", &format!("{} for both calls", fetches(&sandbox)));
    Ok(code)
}

/// What the sandbox has seen of token requests.
fn fetches(sandbox: &Sandbox) -> String {
    match sandbox.arrived().iter().filter(|arrived| arrived.operation == "token").count() {
        1 => "fetched once".to_owned(),
        count => format!("fetched {count} times"),
    }
}

/// Activates the same organization once more: the definition documents a 409, and it comes back typed.
async fn again(client: &Client, request: types::ActivatePartnerSignupRequest) -> bool {
    let error = match client.activate_signup(request).await {
        Ok(_) => {
            complain("the same organization was activated twice");
            return false;
        }
        Err(error) => error,
    };
    step("again", &error.to_string());
    let Some(ActivateSignupError::Conflict { body, headers }) = error.documented() else {
        return false;
    };
    for problem in &body.errors {
        step("conflict", problem.detail.as_deref().or(problem.title.as_deref()).unwrap_or("no detail"));
    }
    step("location", headers.location.as_deref().unwrap_or("none"));
    step("request id", headers.x_request_id.as_deref().unwrap_or("none"));
    true
}

async fn activate(client: &Client, request: types::ActivatePartnerSignupRequest) -> ExitCode {
    match client.activate_signup(request).await {
        Ok(signup) => {
            step("activated", &signup.organization_id);
            step("attempts", &signup.attempts().to_string());
            // A success documents no header, and yet may bring this one.
            step("request id", signup.request_id().unwrap_or("none given with this status"));
            step("sso_url", &signup.sso_url);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error.to_string());
            exit_code(&error)
        }
    }
}

fn exit_code(error: &Error<ActivateSignupError>) -> ExitCode {
    ExitCode::from(match error.kind() {
        ErrorKind::Request(_) | ErrorKind::NoCredential(_) => 2,
        ErrorKind::Token(_) | ErrorKind::Deadline(_) | ErrorKind::Transport(_) => 3,
        _ => 1,
    })
}

/// A line of output; coloured only on a terminal, and not where `NO_COLOR` is set.
fn step(label: &str, text: &str) {
    let style = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
    let _ = writeln!(anstream::stdout(), "{style}{label:>12}{style:#}  {text}");
}

fn complain(message: &str) {
    let style = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    let _ = writeln!(anstream::stderr(), "{style}error{style:#}: {message}");
}
