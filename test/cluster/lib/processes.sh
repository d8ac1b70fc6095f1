# Daemons by process id and start time: an id alone may have passed on to a stranger.

readonly daemons=(containerd etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-router metadata)

# Prints the id of a daemon that runs. A zombie does not: process 1 may be slow to reap it.
pid_of() { # NAME
  local pid began fields
  read -r pid began 2>/dev/null <"$run/$1.pid" || return 1
  read -ra fields < <(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || return 1
  [ "${fields[0]}" != Z ] && [ "${fields[19]}" = "$began" ] && echo "$pid"
}

start() { # NAME COMMAND…
  local name=$1
  shift
  pid_of "$name" >/dev/null && return 0
  # It notes itself, then becomes the daemon; locks of this script are not handed on.
  setsid bash -c '
    read -ra fields < <(sed "s/.*) //" /proc/$$/stat)
    echo $$ "${fields[19]}" >"$0.new" && mv "$0.new" "$0"
    cd / && exec nsenter --net="$1" -- "${@:2}"' "$run/$name.pid" "$network" "$@" >>"$log/$name.log" 2>&1 </dev/null 8>&- 9>&- &
  await 10 "$name to start" test -s "$run/$name.pid"
}

stop() { # NAME [SIGNAL]
  local pid
  pid=$(pid_of "$1") && kill -s "${2:-TERM}" "$pid" 2>/dev/null
  for _ in {1..200}; do
    pid_of "$1" >/dev/null || break
    sleep 0.05
  done
  if pid=$(pid_of "$1"); then
    say "$1 did not end within 10 s: killed"
    kill -KILL "$pid" 2>/dev/null
  fi
  rm -f "$run/$1.pid"
}

await() { # SECONDS WHAT COMMAND…
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || { explain_dead; die "waited in vain for $what"; }
    sleep 0.1
  done
}

explain_dead() {
  local name
  for name in "${daemons[@]}"; do
    [ -f "$run/$name.pid" ] && ! pid_of "$name" >/dev/null && {
      say "$name has ended:"
      tail -n 5 "$log/$name.log" >&2
    }
  done
}
