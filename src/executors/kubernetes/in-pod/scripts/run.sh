# One run: the request is a shell file of ours that sets cs_timeout, cs_kill (seconds, from the start), cs_half, cs_files
# and cs_workdir, and defines cs_exec, which becomes the command.

run_request() {
  dir=$CS_ROOT/$1
  . "$dir/request"
  count_oom_kills && ooms=$oom_kills
  mkfifo "$dir/out" "$dir/err"
  : >"$dir/out.head" && : >"$dir/err.head"
  printf '%s\n' "$cs_half" >"$dir/half" && printf '%s\n' "$cs_files" >"$dir/files"
  printf '%s\n' "$cs_workdir" >"$dir/workdir"
  (cd "$dir" && pump out "$cs_half" <out) &
  pump_out=$!
  (cd "$dir" && pump err "$cs_half" <err) &
  pump_err=$!
  # Both sleep already when the command starts: it may leave no room for another process.
  (watch_time "$cs_timeout" timer.term && : >"$dir/timed-out" && end_group TERM) &
  watch_term=$!
  (watch_time "$cs_kill" timer.kill && : >"$dir/killed" && end_group KILL && sweep) &
  watch_kill=$!
  now_ms && began=$now
  printf '%s\n' "$began" >"$dir/started.new" && mv "$dir/started.new" "$dir/started"
  sh "$CS_ROOT/runner/start.sh" "$dir" 2>"$dir/shell.said" &
  wait $! 2>/dev/null
  stop_timer timer.term && stop_timer timer.kill
  wait "$watch_term" "$watch_kill" 2>/dev/null
  sweep
  wait "$pump_out" "$pump_err" 2>/dev/null
  now_ms && lasted=$((now - began))
  count_oom_kills
  write_status
}

# Waits for a time; fails when it is told to stop before.
watch_time() {
  sleep "$1" &
  printf '%s\n' $! >"$dir/$2.new" && mv "$dir/$2.new" "$dir/$2"
  wait $! 2>/dev/null
}

stop_timer() {
  # The watcher may not have come so far yet.
  while [ ! -f "$dir/$1" ]; do sleep 0.001 || :; done
  read -r pid <"$dir/$1" && kill "$pid" 2>/dev/null
  return 0
}

end_group() {
  read -r pid <"$dir/pid" 2>/dev/null && kill "-$1" "-$pid" 2>/dev/null
  return 0
}

# A shell answers 128 + n for a signal, as a command may do by itself; but it says something only of a signal. Of INT
# and PIPE it says nothing.
write_status() {
  code=null signal=null
  if [ -f "$dir/code" ]; then read -r code <"$dir/code"; else code=137 && : >"$dir/gone"; fi
  if [ "$code" -gt 128 ] && { [ -s "$dir/shell.said" ] || [ -f "$dir/gone" ] || [ "$code" = 130 ] || [ "$code" = 141 ]; }; then
    signal=$((code - 128)) code=null
  fi
  timed_out=false
  [ ! -f "$dir/timed-out" ] || timed_out=true
  total out && out=$total && total err && err=$total
  printf '{"exitCode":%s,"signal":%s,"timedOut":%s,"startedAtMs":%s,"durationMs":%s,"stdout":{"totalBytes":%s},"stderr":{"totalBytes":%s},"oomKills":%s,"leftovers":%s}' \
    "$code" "$signal" "$timed_out" "$began" "$lasted" "$out" "$err" "$((oom_kills - ooms))" "$swept" >"$dir/status.new"
  [ "$cs_files" = 1 ] || : >"$dir/filed"
  mv "$dir/status.new" "$dir/status"
}

# A pump that found no room for its next process leaves what it has.
total() {
  if [ -f "$dir/$1.total" ]; then read -r total <"$dir/$1.total"; else size_of "$dir/$1.head" && total=$size; fi
}
