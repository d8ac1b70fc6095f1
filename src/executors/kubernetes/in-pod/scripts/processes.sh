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

# Ends all processes but the runner's own (its session) and commands that came from outside (they have no parent in
# here, and their session is theirs). Sets `swept` to how many there were at first.
sweep() {
  swept=0 round=0
  read_process 1 && own=$session
  while :; do
    found=0 outside=" $own "
    for entry in /proc/[0-9]*; do
      pid=${entry#/proc/}
      read_process "$pid" && [ "$parent" = 0 ] && outside="$outside$pid "
    done
    for entry in /proc/[0-9]*; do
      pid=${entry#/proc/}
      [ "$pid" != 1 ] && read_process "$pid" && [ "$state" != Z ] && [ "$state" != X ] || continue
      case $outside in *" $session "*) continue ;; esac
      kill -KILL "$pid" 2>/dev/null && found=$((found + 1))
    done
    [ "$round" -gt 0 ] || swept=$found
    [ "$found" -gt 0 ] || return 0
    round=$((round + 1))
    # They multiply faster than they are counted: all at once then, those from outside too, which will come again.
    [ "$round" -lt 20 ] || kill -KILL -1 2>/dev/null
    [ "$round" -lt 40 ] || return 0
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
