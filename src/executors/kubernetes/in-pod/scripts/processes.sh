# Which processes belong to a run, and their end. By builtins only: there may be no room for another process.

# Sets state, parent and session of a process; fails where it is gone. A process can choose its name, with brackets,
# blanks and newlines in it: only what follows the last bracket is the kernel's.
read_process() {
  stat=
  while IFS= read -r line; do stat=$stat$line; done 2>/dev/null <"/proc/$1/stat" || [ -n "$stat" ] || return 1
  [ -n "$stat" ] || return 1
  set -- ${stat##*) }
  state=$1 parent=$2 session=$4
}

# Whether the process just read is the runner's own (by its session) or came from outside: then the leader of its session
# has no parent in here, and has no session of here either (0) until it makes one.
is_ours() {
  case $ours in *" $session "*) return 0 ;; esac
  [ "$parent" != 0 ] || return 0
  leader=$session
  read_process "$leader" && [ "$parent" = 0 ] && ours="$ours$leader "
}

# Ends all processes of the run; sets `swept` to how many there were at first. A killed process takes its time to be gone.
sweep() {
  swept=0 round=0 looks=0 told=' '
  read_process 1 && own=$session
  while :; do
    found=0 fresh=0 ours=" $own 0 "
    for entry in /proc/[0-9]*; do
      pid=${entry#/proc/}
      read_process "$pid" && [ "$state" != Z ] && [ "$state" != X ] && ! is_ours || continue
      found=$((found + 1))
      case $told in *" $pid "*) continue ;; esac
      kill -KILL "$pid" 2>/dev/null && fresh=$((fresh + 1)) told="$told$pid "
    done
    [ "$looks" -gt 0 ] || swept=$found
    looks=$((looks + 1))
    [ "$found" -gt 0 ] && [ "$looks" -lt 2000 ] || return 0
    [ "$fresh" -gt 0 ] || continue
    round=$((round + 1))
    # They multiply faster than they are counted: all at once then, those from outside too, which will come again.
    [ $((round % 20)) -ne 0 ] || { kill -KILL -1 2>/dev/null && told=' '; }
  done
}

# How often the kernel has ended a process of this container for its memory.
count_oom_kills() {
  oom_kills=0
  for events in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$events" ] || continue
    while read -r key value; do [ "$key" != oom_kill ] || oom_kills=$value; done <"$events"
    return 0
  done
}

# Milliseconds since 1970; of hundredths where date counts whole seconds.
now_ms() {
  now=$(date +%s%N)
  case $now in
    *[!0-9]*)
      read -r up _ </proc/uptime
      up=${up%.*}${up#*.}0
      [ -n "${began_ms:-}" ] || began_ms=$(($(date +%s) * 1000 - up))
      now=$((began_ms + up))
      ;;
    *) now=${now%??????} ;;
  esac
}
