#!/usr/bin/env bash
# Fetches the origin of every vendored file. For each file that changed, takes in the new version on a branch, runs the tests,
# and opens a pull request that describes the changes. If they break old clients or require more work, it asks for a person.
#
# Needs git, gh and `cargo oas`. These environment variables override the defaults on the right:
#   SPEC_DIR      the folder with the manifest                        spec
#   SPEC_COMMAND  how to run the command                              cargo oas
#   TESTS         the tests that must pass                            cargo test --workspace
#   BASE          the branch that pull requests target                main
#   REMOTE        the remote that branches are pushed to              origin
#   MERGE         true: merge what needs no person                    false
set -euo pipefail
script=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/$(basename "${BASH_SOURCE[0]}")
cd "$(git rev-parse --show-toplevel)"

spec_dir=${SPEC_DIR:-spec}
base=${BASE:-main}
remote=${REMOTE:-origin}
merge=${MERGE:-false}
read -r -a spec <<<"${SPEC_COMMAND:-cargo oas}"
read -r -a tests <<<"${TESTS:-cargo test --workspace}"

work=$(mktemp -d)
branch=
finish() {
    if [ -n "$branch" ]; then
        # Back to the base, whatever is in the tree.
        git switch --quiet --force "$base"
        git clean --quiet --force -d
        git branch --quiet -D "$branch"
    fi
    rm -rf "$work"
}
trap finish EXIT

say() { printf '%s\n' "$*"; }

# The value of a name in the outputs of the last bump.
value() { sed -n "s/^$1=//p" "$work/outputs" | tail -n 1; }

bump() {
    : >"$work/outputs"
    "${spec[@]}" bump "$1" "$2" --spec "$spec_dir" --set-version \
        --outputs "$work/outputs" --report "$work/report" "${@:3}"
}

# The text of the pull request: why it needs a person, then what changed. GitHub accepts 65536 characters.
body() {
    if [ -n "$reasons" ]; then
        printf '**This needs a person:**\n\n%s\n' "$reasons"
    fi
    head -c 60000 "$work/report"
    printf '\n\nFetched from %s by the robot; `spec/README.md` explains how to continue by hand.\n' "$1"
}

propose() {
    local path=$1 origin=$2 number label labels
    git push --quiet --force "$remote" "$branch"
    labels=("definition" "rust: $(value rust)" "wire: $(value wire)")
    if [ -n "$reasons" ]; then
        labels+=("needs a person")
    fi
    for label in "${labels[@]}"; do
        gh label create "$label" --force >/dev/null
    done
    body "$origin" >"$work/body"
    local title="New version of $path: $(value rust) in Rust, $(value wire) on the wire"
    number=$(gh pr list --head "$branch" --state open --json number --jq '.[0].number // empty')
    if [ -z "$number" ]; then
        gh pr create --base "$base" --head "$branch" --title "$title" --body-file "$work/body"
    else
        gh pr edit "$number" --title "$title" --body-file "$work/body" >/dev/null
        # An older version may have set this label; it is fine if none did.
        gh pr edit "$number" --remove-label "needs a person" >/dev/null 2>&1 || true
    fi
    for label in "${labels[@]}"; do
        gh pr edit "$branch" --add-label "$label" >/dev/null
    done
    if [ "$merge" = true ] && [ -z "$reasons" ]; then
        gh pr merge "$branch" --auto --squash
    fi
}

track() {
    local path=$1 origin=$2 name own
    reasons=
    name=track/$(printf '%s' "$path" | tr -c 'A-Za-z0-9._-' -)
    git switch --quiet --force-create "$name" "$base"
    branch=$name
    if ! bump "$path" "$origin"; then
        if [ "$(value error)" != B004 ] || ! bump "$path" "$origin" --no-check; then
            say "$path: cannot be taken in"
            exit 1
        fi
        reasons+=$'- The package does not compile with the new client: adapt its code.\n'
    fi
    if [ "$(value changed)" != true ]; then
        say "$path: unchanged"
        return 0
    fi
    if git fetch --quiet "$remote" "$branch" 2>/dev/null; then
        if git diff --quiet FETCH_HEAD -- "$spec_dir/$path"; then
            say "$path: $branch has this version already"
            return 0
        fi
        own=$(git var GIT_COMMITTER_IDENT | sed 's/.*<\(.*\)>.*/\1/')
        if git log --format=%ce "$base..FETCH_HEAD" | grep -qvxF "$own"; then
            say "$path: there is a newer version, but $branch has commits by someone else: merge or delete it"
            return 0
        fi
    fi
    if [ "$(value wire)" = breaks ]; then
        reasons+=$'- Old clients no longer work with the new server.\n'
    fi
    if [ "$(value stale)" != 0 ]; then
        reasons+=$'- Some overlay actions no longer match anything: correct or remove them.\n'
    fi
    if ! "${tests[@]}" >"$work/tests" 2>&1; then
        tail -n 40 "$work/tests"
        reasons+=$'- The tests do not pass.\n'
    fi
    git add --all
    git commit --quiet -m "Take in a new version of $path ($(value rust) in Rust, $(value wire) on the wire)"
    propose "$path" "$origin"
    say "$path: proposed from $branch"
}

# One file per process, so that a failure does not stop the others.
if [ $# -eq 2 ]; then
    track "$1" "$2"
    exit
fi

if [ -n "$(git status --porcelain)" ]; then
    say 'the working tree has uncommitted changes: commit or stash them'
    exit 1
fi
git switch --quiet "$base"
"${spec[@]}" origins "$spec_dir" >"$work/origins"
failed=0
while IFS=$'\t' read -r path how origin <&3; do
    case $how in
    fetch) "$BASH" "$script" "$path" "$origin" || failed=1 ;;
    manual) say "$path: its origin is only readable by people; look at $origin" ;;
    *) say "$path: the manifest has no origin that can be fetched" ;;
    esac
done 3<"$work/origins"
exit "$failed"
