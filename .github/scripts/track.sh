#!/usr/bin/env bash
# Fetches the origin of every vendored file. For each that changed: takes it in on a branch of its own, runs the tests, and
# opens a pull request whose text says what changed. What breaks old clients, or is not done with that, asks for a person.
#
# Needs git, gh and the command. Everything else is said by the environment:
#   SPEC_DIR      the folder with the manifest                        spec
#   SPEC_COMMAND  how the command is called                           cargo spec
#   TESTS         what must pass                                      cargo test --workspace
#   BASE          the branch that pull requests go to                 main
#   REMOTE        where branches are pushed                           origin
#   MERGE         true: what asks for nobody merges itself            false
set -euo pipefail
script=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/$(basename "${BASH_SOURCE[0]}")
cd "$(git rev-parse --show-toplevel)"

spec_dir=${SPEC_DIR:-spec}
base=${BASE:-main}
remote=${REMOTE:-origin}
merge=${MERGE:-false}
read -r -a spec <<<"${SPEC_COMMAND:-cargo spec}"
read -r -a tests <<<"${TESTS:-cargo test --workspace}"

work=$(mktemp -d)
branch=
finish() {
    if [ -n "$branch" ]; then
        # Back to the base, whatever stands in the tree.
        git switch --quiet --force "$base"
        git clean --quiet --force -d
        git branch --quiet -D "$branch"
    fi
    rm -rf "$work"
}
trap finish EXIT

say() { printf '%s\n' "$*"; }

# The value of a name in what the last bump said.
value() { sed -n "s/^$1=//p" "$work/outputs" | tail -n 1; }

bump() {
    : >"$work/outputs"
    "${spec[@]}" bump "$1" "$2" --spec "$spec_dir" --set-version \
        --outputs "$work/outputs" --report "$work/report" "${@:3}"
}

# What a reviewer reads: first why somebody has to, then what changed. GitHub takes 65536 characters.
body() {
    if [ -n "$reasons" ]; then
        printf '**This asks for a person:**\n\n%s\n' "$reasons"
    fi
    head -c 60000 "$work/report"
    printf '\n\nFetched from %s by the robot; `spec/README.md` says how to take it further by hand.\n' "$1"
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
        # What was said of an older version; that it was not is no error.
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
        reasons+=$'- The package does not compile with the new client: its own code has to follow.\n'
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
            say "$path: there is a newer version, and $branch has commits of somebody else: merge or delete it"
            return 0
        fi
    fi
    if [ "$(value wire)" = breaks ]; then
        reasons+=$'- Old clients no longer work with the new server.\n'
    fi
    if [ "$(value stale)" != 0 ]; then
        reasons+=$'- Overlay actions match nothing any more: correct them, or take them out.\n'
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

# One file, in a process of its own: what fails there stops nobody else.
if [ $# -eq 2 ]; then
    track "$1" "$2"
    exit
fi

if [ -n "$(git status --porcelain)" ]; then
    say 'this tree has changes of its own; nothing is done'
    exit 1
fi
git switch --quiet "$base"
"${spec[@]}" origins "$spec_dir" >"$work/origins"
failed=0
while IFS=$'\t' read -r path how origin <&3; do
    case $how in
    fetch) "$BASH" "$script" "$path" "$origin" || failed=1 ;;
    manual) say "$path: its origin serves nothing that a machine reads; look at $origin" ;;
    *) say "$path: the manifest says no origin that can be fetched" ;;
    esac
done 3<"$work/origins"
exit "$failed"
