/**
 * PID 1 of a run, for any POSIX sh. Positional parameters: status file, mode, base folder, then seven paths
 * (lower, upper, work and target of the tree, the same of HOME without target), then the working directory, then
 * the command. Overlay options are relative to the base folder, because commas and colons in them would
 * separate options and layers.
 *
 * `volatile` (Linux 5.10) spares the sync of the whole file system when the run's mounts end; nobody needs the
 * private layer after a power cut.
 *
 * The command runs in a subshell with the init's own stderr elsewhere: a shell announces there that a job was
 * ended by a signal, which tells `kill -9` from `exit 137`. It is not put into the background, where shells
 * ignore SIGINT on its behalf. The kernel ends the whole PID namespace when this init exits.
 */
export const PROCESS_INIT = `
status=$1 mode=$2 base=$3 mount=$4
fail() { printf 'fault %s\\n' "$1" > "$status"; exit 125; }
overlay() {
  layers="lowerdir=$1,upperdir=$2,workdir=$3,redirect_dir=on,index=on"
  "$mount" -t overlay overlay -o "$layers,volatile" "$4" 2> /dev/null ||
    "$mount" -t overlay overlay -o "$layers" "$4" || fail "the overlay on $4 could not be mounted"
}
bind() { "$mount" --bind "$1" "$2" || fail "$1 could not be bound to $2"; }
case $mode in
overlay)
  cd "$base" || fail "no folder $base"
  overlay "$5" "$6" "$7" "$8"
  overlay "$9" "\${10}" "\${11}" "\${12}" ;;
copy)
  cd "$base" || fail "no folder $base"
  bind "$6" "$8"
  bind "\${10}" "\${12}" ;;
esac
cd "\${13}" || fail "there is no working directory \${13}"
shift 13
unset OLDPWD
exec 4>&2 2> "$status.note"
: > "$status.started"
(exec "$@" 2>&4 4>&-)
code=$?
if [ -s "$status.note" ]; then printf 'signal %s\\n' "$code" > "$status"; else printf 'exit %s\\n' "$code" > "$status"; fi
exit 0
`
