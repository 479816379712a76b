#!/usr/bin/env bash
# Fetches the origin of every vendored file. For each file that changed, takes in the new version on a branch, runs the tests,
# and opens a pull request that describes the changes. If they break old clients or require more work, it asks for a person.
#
# Needs git, gh and `cargo oas`. These environment variables override the defaults on the right:
#   SPEC_DIR      the folder with the manifest                        spec
#   SPEC_COMMAND  how to run the command                              cargo oas
#   TESTS         the tests that must pass, a script of bash          cargo test --workspace
#   BASE          the branch that pull requests target                the one that is checked out
#   REMOTE        the remote that branches are pushed to              origin
#   MERGE         which updates to merge if they need no person: a    false
#                 list of patch, minor, major and silent, their
#                 levels in Rust; true stands for patch,minor
#   REPORTS       a folder that gets the report of each new version;  none
#                 git must not see it
set -euo pipefail

# Only gh, and git where it calls the remote, get the tokens. Whatever else runs here may execute code of the package or of its
# dependencies.
tokens=()
for name in GH_TOKEN GITHUB_TOKEN GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN; do
    if [ -n "${!name:-}" ]; then
        tokens+=("$name=${!name}")
    fi
    unset "$name"
done
with_tokens() (
    for token in ${tokens[@]+"${tokens[@]}"}; do
        export "${token?}"
    done
    "$@"
)

hub() { with_tokens gh "$@"; }

# Git with the remote: without hooks, which the tests could have written, and with a token only for GitHub itself.
credential=credential.${GITHUB_SERVER_URL:-https://github.com}.helper
helper='!f() { [ "$1" != get ] || printf "username=x-access-token\npassword=%s\n"'
helper+=' "${GH_TOKEN:-${GITHUB_TOKEN:-${GH_ENTERPRISE_TOKEN:-$GITHUB_ENTERPRISE_TOKEN}}}"; }; f'
remotely() {
    local options=(-c core.hooksPath=/dev/null)
    if [ ${#tokens[@]} -gt 0 ]; then
        options+=(-c "$credential=" -c "$credential=$helper")
    fi
    with_tokens git "${options[@]}" "$@"
}

script=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/$(basename "${BASH_SOURCE[0]}")
case ${REPORTS:-} in
'' | /*) reports=${REPORTS:-} ;;
*) reports=$PWD/$REPORTS ;;
esac
# Each file is in a process that starts elsewhere.
export REPORTS=$reports
cd "$(git rev-parse --show-toplevel)"

say() { printf '%s\n' "$*"; }

spec_dir=${SPEC_DIR:-spec}
base=${BASE:-$(git symbolic-ref --quiet --short HEAD || true)}
remote=${REMOTE:-origin}
# A value of a workflow may have several lines.
command=${SPEC_COMMAND:-cargo oas}
read -r -a spec <<<"${command//$'\n'/ }"
tests=${TESTS:-cargo test --workspace}
if [ -n "$reports" ]; then
    # 1: it is in the repository, and not ignored. 128: it is not in the repository.
    status=0
    git check-ignore --quiet -- "$reports/report" 2>/dev/null || status=$?
    if [ "$status" -eq 1 ]; then
        say "REPORTS is a folder in the repository, which the robot cleans: name one elsewhere, or ignore $reports"
        exit 2
    fi
fi
if [ -z "$base" ]; then
    say 'no branch is checked out: check one out, or name it in BASE'
    exit 2
fi

# The levels to merge, each with a space on both sides.
merge=${MERGE:-false}
read -r -a levels <<<"${merge//[$',\n']/ }"
case ${levels[*]-} in
'' | false) mergeable=' ' ;;
true) mergeable=' patch minor ' ;;
*)
    for level in "${levels[@]}"; do
        case $level in
        patch | minor | major | silent) ;;
        *)
            say "MERGE is true, false, or a list of patch, minor, major and silent, and not \`$level\`"
            exit 2
            ;;
        esac
    done
    mergeable=" ${levels[*]} "
    ;;
esac

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

# The value of a name in the outputs of the last bump.
value() { sed -n "s/^$1=//p" "$work/outputs" | tail -n 1; }

bump() {
    local page=()
    if [ -n "$reports" ] && "${spec[@]}" bump --help | grep -e --report-html >/dev/null; then
        page=(--report-html "$work/report.html")
    fi
    rm -f "$work"/report*
    : >"$work/outputs"
    "${spec[@]}" bump "$1" "$2" --spec "$spec_dir" --set-version --outputs "$work/outputs" --report "$work/report" \
        ${page[@]+"${page[@]}"} "${@:3}"
}

# Reads the pull requests of the branch, newest first. A fork may have a branch of the same name; its pull requests are ignored.
# Sets `number`, `merges` (whether GitHub merges it once its checks pass) and `labels` for the open one, and `declined` to the
# number of one that proposed this version and was closed. `merged` has the commits at which pull requests were merged.
# A line: number, state, version, commit, whether it merges, and labels.
query='.[] | select(.isCrossRepository | not) | [.number, .state,'
query+=' ([.body | scan("<!-- track: ([0-9a-f]+) -->") | .[0]][0] // "-"), .headRefOid,'
query+=' (.autoMergeRequest != null), ("," + ([.labels[].name | ascii_downcase] | join(",")) + ",")] | @tsv'
read_pulls() {
    local its state proposed head armed named
    number="" merges=false labels=, declined="" merged=()
    hub pr list --head "$branch" --state all --limit 100 \
        --json number,state,isCrossRepository,body,headRefOid,autoMergeRequest,labels --jq "$query" >"$work/pulls"
    while IFS=$'\t' read -r its state proposed head armed named; do
        if [ "$state" = OPEN ] && [ -z "$number" ]; then
            number=$its merges=$armed labels=$named
        elif [ "$state" = CLOSED ] && [ "$proposed" = "$version" ] && [ -z "$declined" ]; then
            declined=$its
        elif [ "$state" = MERGED ]; then
            merged+=("$head")
        fi
    done <"$work/pulls"
}

# Whether the branch can be merged into the base. An older git, which cannot say, exits with neither 0 nor 1.
conflicts() {
    local status=0
    git merge-tree --write-tree "$base" "$1" >/dev/null 2>&1 || status=$?
    [ "$status" -eq 1 ]
}

# The text of the pull request: the version (of the file, by which a later run knows it), why it needs a person, and what changed.
body() {
    printf '<!-- track: %s -->\n' "$version"
    if [ -n "$reasons" ]; then
        printf '**This needs a person:**\n\n%s\n' "$reasons"
    fi
    # GitHub accepts 65536 characters.
    if [ "$(wc -c <"$work/report")" -gt 60000 ]; then
        head -c 60000 "$work/report" | sed '$d'
        printf '\n…\n\nThe report is longer than a pull request may be; `cargo oas diff` shows all of it.\n'
    else
        cat "$work/report"
    fi
    if [ -n "$reports" ] && [ -n "${GITHUB_RUN_ID:-}" ]; then
        printf '\n[The run](%s/%s/actions/runs/%s) has the report as an artifact.\n' \
            "${GITHUB_SERVER_URL:-https://github.com}" "${GITHUB_REPOSITORY:-}" "$GITHUB_RUN_ID"
    fi
    printf '\nFetched from %s by the robot.' "$1"
    if [ -f "$spec_dir/README.md" ]; then
        printf ' `%s/README.md` explains how to continue by hand.' "$spec_dir"
    fi
    printf '\n'
}

# From which version of the crate to which: ` (0.3.0 to 0.4.0)`, or nothing if the version is high enough.
step() {
    local from to
    from=$(value from) to=$(value version)
    if [ -n "$from" ] && [ "$from" != "$to" ]; then
        printf ' (%s to %s)' "$from" "$to"
    fi
}

# Whether the first of the arguments is among the others.
is_among() {
    local one=$1 other
    shift
    for other; do
        [ "$one" = "$other" ] && return 0
    done
    return 1
}

# Creates those of the labels that the repository does not have. Those that it has may be a team's own, and stay as they are.
create_labels() {
    local label color
    hub label list --limit 10000 --json name --jq '.[].name' >"$work/labels"
    for label; do
        case $label in
        *': patch' | *': minor' | *': safe') color=0e8a16 ;;
        *': major' | *': may-break') color=fbca04 ;;
        *': silent' | *': breaks') color=d93f0b ;;
        'needs a person') color=b60205 ;;
        *) color=1d76db ;;
        esac
        # GitHub has one label for all spellings in upper and lower case.
        if ! grep -qixF -e "$label" "$work/labels"; then
            hub label create "$label" --color "$color" >/dev/null
        fi
    done
}

propose() {
    local path=$1 origin=$2 theirs=$3 title label url
    local wanted=("rust: $(value rust)" "wire: $(value wire)")
    if [ -n "$reasons" ]; then
        wanted+=("needs a person")
    fi
    if [ "$merges" = true ]; then
        # What was to be merged is no longer what the branch has.
        hub pr merge "$number" --disable-auto >/dev/null
    fi
    # The label `definition` says that everything else is done: a run that did not get so far is repeated.
    if [[ $labels == *,definition,* ]]; then
        hub pr edit "$number" --remove-label definition >/dev/null
    fi
    remotely push --quiet --force-with-lease="refs/heads/$branch:$theirs" "$remote" "HEAD:refs/heads/$branch"
    create_labels "${wanted[@]}" definition
    body "$origin" >"$work/body"
    title="New version of $path: $(value rust) in Rust$(step), $(value wire) on the wire"
    if [ -z "$number" ]; then
        url=$(hub pr create --base "$base" --head "$branch" --title "$title" --body-file "$work/body")
        say "$url"
        number=${url##*/}
    else
        hub pr edit "$number" --base "$base" --title "$title" --body-file "$work/body" >/dev/null
        # Those of an older version.
        for label in rust:\ {patch,minor,major,silent} wire:\ {safe,may-break,breaks} 'needs a person'; do
            if [[ $labels == *",$label,"* ]] && ! is_among "$label" "${wanted[@]}"; then
                hub pr edit "$number" --remove-label "$label" >/dev/null
            fi
        done
    fi
    for label in "${wanted[@]}"; do
        hub pr edit "$number" --add-label "$label" >/dev/null
    done
    merge_later "$path"
    hub pr edit "$number" --add-label definition >/dev/null
}

# Has GitHub merge the pull request once its checks pass, if that is wanted.
merge_later() {
    local level
    if [ "$mergeable" = ' ' ] || [ -n "$reasons" ]; then
        return 0
    fi
    # What a newer generator changes counts in it too.
    level=$(value rust)
    if [[ $mergeable != *" $level "* ]]; then
        say "$1: not merged, because MERGE does not have \`$level\`"
        return 0
    fi
    # Only what was tested is merged.
    hub pr merge "$number" --auto --squash --match-head-commit "$(git rev-parse HEAD)"
}

# A text as a part of a branch's name, such that two texts never have the same: `/` is `+`, and what else stands for nothing in
# a branch is its bytes, as =20.
escaped() {
    local LC_ALL=C text=$1 char code i out=
    for ((i = 0; i < ${#text}; i++)); do
        char=${text:i:1}
        case $char in
        [A-Za-z0-9_-]) ;;
        .)
            # Git takes no dot at the start or the end, nor beside another one, and no `.lock` at the end.
            case $out,${text:i} in
            ,* | *.,* | *,. | *,.lock) char='=2E' ;;
            esac
            ;;
        /) char=+ ;;
        *)
            printf -v code %d "'$char"
            printf -v char '=%02X' $((code & 255))
            ;;
        esac
        out+=$char
    done
    printf '%s' "$out"
}

# The branch of a file. Those of another folder or of another base are other ones, because both may be followed in one repository.
branch_of() {
    local folder=$spec_dir into=
    while [[ $folder == ./?* ]]; do folder=${folder#./}; done
    while [[ $folder == ?*/ ]]; do folder=${folder%/}; done
    if [ "$base" != "$usual" ]; then
        into=$(escaped "$base")@
    fi
    if [ "$folder" != spec ]; then
        into+=$(escaped "$folder"),
    fi
    printf 'track/%s%s' "$into" "$(escaped "$1")"
}

track() {
    local path=$1 origin=$2 name theirs same foreign own
    reasons=
    name=$(branch_of "$path")
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
    version=$(git hash-object --no-filters -- "$spec_dir/$path")
    read_pulls
    theirs=$(remotely ls-remote "$remote" "refs/heads/$branch" | cut -f 1)
    if [ -n "$theirs" ]; then
        remotely fetch --quiet "$remote" "refs/heads/$branch"
        theirs=$(git rev-parse FETCH_HEAD)
        same=false foreign=false
        if git diff --quiet "$theirs" -- "$spec_dir/$path"; then
            same=true
        fi
        own=$(git var GIT_COMMITTER_IDENT | sed 's/.*<\(.*\)>.*/\1/')
        # grep reads all of it (no -q): otherwise git may end with an error that looks like an empty answer.
        if git log --format=%ce "$base..$theirs" | grep -vxF -e "$own" >/dev/null; then
            # What was squashed or rebased into the base is there under other names.
            is_among "$theirs" ${merged[@]+"${merged[@]}"} || foreign=true
        fi
        if [ "$same" = true ] && [ -n "$number" ]; then
            if [ "$foreign" = true ] || { [[ $labels == *,definition,* ]] && ! conflicts "$theirs"; }; then
                say "$path: #$number has this version already"
                return 0
            fi
        fi
        if [ "$foreign" = true ]; then
            say "$path: there is a newer version, but $branch has commits by someone else: merge or delete it"
            return 0
        fi
    fi
    if [ -z "$number" ] && [ -n "$declined" ]; then
        say "$path: #$declined proposed this version, and was closed without being merged: reopen it if you want the version"
        return 0
    fi
    if [ "$(value wire)" = breaks ]; then
        reasons+=$'- Old clients no longer work with the new server.\n'
    fi
    if [ "$(value stale)" != 0 ]; then
        reasons+=$'- Some overlay actions no longer match anything: correct or remove them.\n'
    fi
    # What the tests write is not part of the version.
    git add --all
    if ! "$BASH" -e -o pipefail -c "$tests" >"$work/tests" 2>&1; then
        tail -n 40 "$work/tests"
        reasons+=$'- The tests do not pass.\n'
    fi
    git commit --quiet -m "Take in a new version of $path ($(value rust) in Rust, $(value wire) on the wire)"
    if [ -n "$reports" ]; then
        mkdir -p "$reports"
        cp "$work/report" "$reports/${branch#track/}.md"
        if [ -f "$work/report.html" ]; then
            cp "$work/report.html" "$reports/${branch#track/}.html"
        fi
    fi
    propose "$path" "$origin" "$theirs"
    say "$path: proposed from $branch"
}

# One file per process, so that a failure does not stop the others.
if [ $# -eq 3 ]; then
    usual=$3
    track "$1" "$2"
    exit
fi

if [ -n "$(git status --porcelain)" ]; then
    say 'the working tree has uncommitted changes: commit or stash them'
    exit 1
fi
git switch --quiet "$base"
# The files name it, because each is in a process that may find another branch checked out.
export BASE=$base
"${spec[@]}" origins "$spec_dir" >"$work/origins"
# The branch that GitHub shows.
usual=$(remotely ls-remote --symref "$remote" HEAD | sed -n 's|^ref: refs/heads/\(.*\)[[:blank:]]HEAD$|\1|p')
failed=0
while IFS=$'\t' read -r path how origin <&3; do
    case $how in
    fetch) with_tokens "$BASH" "$script" "$path" "$origin" "${usual:-$base}" || failed=1 ;;
    manual) say "$path: its origin is only readable by people; look at $origin" ;;
    *) say "$path: the manifest has no origin that can be fetched" ;;
    esac
done 3<"$work/origins"
exit "$failed"
