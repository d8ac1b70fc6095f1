#!/bin/bash
# Init (PID 1) of a sandbox, started as root by `unshare` in fresh mount, PID, network, IPC and UTS namespaces.
# argv is the command. Everything else comes by environment and none of it is ever evaluated:
#   CS_COPY       links and devices below /, copied as they are; this and the next three hold one path a line,
#   CS_DIRS       directories that mount targets need,
#   CS_FILES      empty files that mount targets need: all relative to the new root
#   CS_OWNED      directories on the host that the command's uid gets
#   CS_MOUNTS     fstab(5) lines, escaped, targets below $root
#   CS_TREE_*     LOWER, UPPER, WORK of the tree's overlay; empty LOWER: CS_MOUNTS binds the tree and HOME
#   CS_HOME_*     the same of HOME
#   CS_STATUS     file that receives `exit <n>`; it stays empty when the sandbox itself failed
#   CS_UID        uid and gid of the command
#   CS_FORWARD    uid of the network forwarder; empty: no way out. With CS_FORWARD_SCRIPT and CS_FORWARD_PORT
#   CS_EXEC       the text of command.sh, which takes CS_WORKDIR, CS_VARS (names) and CS_VAR_<name> (values)
umask 022
newline='
'
# sysfs has a directory on every Linux, holds nobody's files, and /sys/fs is replaced before anything is looked up there.
root=/sys/fs

die() {
  printf 'commit-suite sandbox: %s\n' "$1" >&2
  exit 125
}

# Whatever the caller left open would lead out of the sandbox. This is why init is bash: other shells cannot name a
# descriptor above 9.
for fd in /proc/self/fd/*; do
  case ${fd##*/} in
    [012]) ;;
    *) [ "$fd" -ef "$0" ] || eval "exec ${fd##*/}>&-" ;;
  esac
done

exec 9>"$CS_STATUS" || die "cannot write the status file"

# The new sysfs shows (and lets us start) this network namespace's loopback without iproute2.
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys || die "cannot mount sysfs"
echo 0x1 >/sys/class/net/lo/flags || die "cannot start the loopback interface"
echo commit-suite >/proc/sys/kernel/hostname || die "cannot set the host name"
mount -t tmpfs -o mode=0755,nosuid,size=4m,nr_inodes=4096 tmpfs "$root" || die "cannot mount the new root"

# The lists are split at line ends only, and nothing in them is a pattern.
set -f
IFS=$newline
cd / && cp -a --parents -- $CS_COPY "$root" || die "cannot copy links and devices"
cd "$root" && mkdir -p -- $CS_DIRS || die "cannot make mount points"
for file in $CS_FILES; do
  : >"$file" || die "cannot make mount points"
done
if [ -n "$CS_OWNED" ]; then
  chown -h "$CS_UID:$CS_UID" -- $CS_OWNED || die "cannot hand the directories over"
fi
set +f
unset IFS

# Open directories stand for their paths: an overlay option cannot hold every character that a path can.
overlay=
if [ -n "$CS_TREE_LOWER" ]; then
  exec 3<"$CS_TREE_LOWER" 4<"$CS_TREE_UPPER" 5<"$CS_TREE_WORK" || die "cannot open the tree's layers"
  exec 6<"$CS_HOME_LOWER" 7<"$CS_HOME_UPPER" 8<"$CS_HOME_WORK" || die "cannot open the home's layers"
  fds=/proc/self/fd
  overlay="overlay $root/commit-suite/tree overlay nosuid,nodev,redirect_dir=on,index=on,lowerdir=$fds/3,upperdir=$fds/4,workdir=$fds/5 0 0
overlay $root/commit-suite/home overlay nosuid,nodev,redirect_dir=on,index=on,lowerdir=$fds/6,upperdir=$fds/7,workdir=$fds/8 0 0"
fi

user="commit-suite:x:$CS_UID:"
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' "$user$CS_UID:Commit Suite:/commit-suite/home:/bin/sh" \
  'nobody:x:65534:65534:nobody:/nonexistent:/bin/false' >"$root/commit-suite/etc/passwd"
printf '%s\n' 'root:x:0:' "$user" 'nogroup:x:65534:' >"$root/commit-suite/etc/group"
printf '%s\n' '127.0.0.1 localhost commit-suite' '::1 localhost' >"$root/commit-suite/etc/hosts"

# libmount reads regular files only; this one stays unreadable for the command.
fstab=$root/commit-suite/etc/fstab
umask 077
printf '%s\n%s\n' "$CS_MOUNTS" "$overlay" >"$fstab" || die "cannot write the mount table"
umask 022
mount -a -T "$fstab" || die "cannot mount"
exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&-

cd "$root" || die "cannot enter the new root"
pivot_root . commit-suite/host || die "cannot change the root"
cd / || die "cannot enter the new root"
umount -l /commit-suite/host || die "cannot leave the old root"

drop='--clear-groups --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all'

if [ -n "$CS_FORWARD" ]; then
  mkfifo /commit-suite/net/ready || die "cannot start the forwarder"
  env -i PATH="$PATH" setpriv --reuid "$CS_FORWARD" --regid "$CS_FORWARD" $drop \
    /commit-suite/net/node "$CS_FORWARD_SCRIPT" /commit-suite/net/proxy.sock "$CS_FORWARD_PORT" \
    >/commit-suite/net/ready 9>&- </dev/null &
  ready=
  read -r ready </commit-suite/net/ready
  [ "$ready" = ready ] || die "the network forwarder did not start"
fi

uid=$CS_UID
script=$CS_EXEC
unset CS_COPY CS_DIRS CS_FILES CS_MOUNTS CS_TREE_LOWER CS_TREE_UPPER CS_TREE_WORK CS_HOME_LOWER CS_HOME_UPPER \
  CS_HOME_WORK CS_OWNED CS_STATUS CS_UID CS_FORWARD CS_FORWARD_SCRIPT CS_FORWARD_PORT CS_EXEC

# A shell of its own waits for the command and nothing else, so that the status is exact whatever init is told
# meanwhile. Its handler keeps it alive through the TERM that goes to everyone; children start with the default.
(
  trap : TERM
  setsid setpriv --reuid "$uid" --regid "$uid" $drop sh -c "$script" commit-suite "$@" 9>&-
  status=$?
  echo "exit $status" >&9
  exit "$status"
) &
waiter=$!
trap 'kill -TERM -1' TERM
wait "$waiter"
status=$?
while kill -0 "$waiter" 2>/dev/null; do
  wait "$waiter"
  status=$?
done
exit "$status"
