# attach.sh NAME OUT ERR [COLLECTED…]: asks for a run, unless it was asked for already, and follows it from these offsets
# of its output; forgets runs whose results are safe. Reads the request as one line with the escapes of printf's %b.
# Frames are described in frames.ts.
set -u
cd "$CS_ROOT" || exit 70
export LC_ALL=C
name=$1 at_out=$2 at_err=$3 dir=runs/$1
shift 3
for collected in "$@"; do rm -rf "runs/$collected"; done
IFS= read -r request || exit 71
if [ ! -d "$dir" ]; then
  [ ! -f ctl/unhealthy ] || exit 75
  # Secrets may be in it.
  (umask 077 && printf '%b' "$request" >"requests/.$name.$$") && mv "requests/.$name.$$" "requests/$name"
  echo request >ctl/wake
fi

# emit STREAM OFFSET: what has come since, at most 256 KiB at once; sets `at`.
emit() {
  at=$2
  while [ -f "$dir/$1.head" ]; do
    size=$(wc -c <"$dir/$1.head") && size=$((size))
    [ "$size" -le "$half" ] || size=$half
    length=$((size - at))
    [ "$length" -gt 0 ] || return 0
    [ "$length" -le 262144 ] || length=262144
    printf '%s %s %s\n' "$1" "$at" "$length"
    tail -c +$((at + 1)) "$dir/$1.head" | head -c "$length"
    at=$((at + length)) quiet=0
  done
}

# recent STREAM OFFSET: after the head, nothing is sent before the end but the last of it, now and then: all that is
# known where the pod goes.
recent() {
  [ "$2" -ge "$half" ] || return 0
  newest=-1
  for segment in "$dir/$1".seg.*; do
    [ ! -f "$segment" ] || [ "${segment##*.}" -le "$newest" ] || newest=${segment##*.}
  done
  [ "$newest" -ge 0 ] || return 0
  for segment in "$dir/$1.seg.$((newest - 1))" "$dir/$1.seg.$newest"; do
    tail -c 16384 "$segment" 2>/dev/null
  done | tail -c 16384 >"$dir/$1.recent.$$"
  send_file "recent-$1" "$dir/$1.recent.$$"
}

# Short runs are seen to end at once; long ones cost little.
pause() {
  quiet=$((quiet + 1))
  if [ "$quiet" -lt 5 ]; then sleep 0.01; elif [ "$quiet" -lt 15 ]; then sleep 0.03; elif [ "$quiet" -lt 40 ]; then sleep 0.1; else sleep 0.25; fi
}

send_file() {
  size=$(wc -c <"$2") && printf '%s %s\n' "$1" "$((size))" && cat "$2"
}

quiet=0 started=no looks=0
while :; do
  ended=no
  [ ! -f "$dir/status" ] || ended=yes
  if [ "$started" = no ] && [ -f "$dir/started" ]; then
    read -r ms <"$dir/started" && read -r half <"$dir/half" && printf 'started %s\n' "$ms" && started=yes
  fi
  if [ "$started" = yes ]; then
    emit out "$at_out" && at_out=$at
    emit err "$at_err" && at_err=$at
    looks=$((looks + 1))
    [ $((looks % 8)) -ne 0 ] || { recent out "$at_out" && recent err "$at_err"; }
  fi
  [ "$ended" = no ] || break
  [ ! -f ctl/unhealthy ] || [ -d "$dir" ] || exit 75
  pause
done
send_file status "$dir/status"
send_file tail-out "$dir/out.tail" 2>/dev/null
send_file tail-err "$dir/err.tail" 2>/dev/null

read -r wanted <"$dir/files"
if [ "$wanted" = 1 ]; then
  if [ ! -f "$dir/files.tar" ]; then
    read -r workdir <"$dir/workdir"
    (cd "tree/$workdir" && find . -name .git -prune -o -type f -newer "$CS_ROOT/ctl/marker" -size -51200k -print0) 2>/dev/null |
      head -c 4194304 >"$dir/written.$$"
    send_file files "$dir/written.$$"
    read -r count || exit 71
    asked=$count
    set --
    while [ "$count" -gt 0 ]; do
      IFS= read -r file || exit 71
      set -- "$@" "$file"
      count=$((count - 1))
    done
    # GNU's tar takes a backslash in a name for the beginning of an escape, unless it is told.
    case $(tar --version 2>&1) in *'GNU tar'*) set -- --no-unquote "$@" ;; esac
    if [ "$asked" -gt 0 ]; then tar -C "tree/$workdir" -cf - "$@" 2>/dev/null; fi | head -c 62914560 >"$dir/files.tar.$$"
    mv "$dir/files.tar.$$" "$dir/files.tar"
  fi
  : >"$dir/filed"
  echo filed >ctl/wake
  send_file archive "$dir/files.tar"
fi
echo end
