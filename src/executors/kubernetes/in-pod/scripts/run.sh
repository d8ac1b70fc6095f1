# One run: the request is a shell file of ours that sets cs_timeout, cs_kill (seconds, from the start), cs_half, cs_files
# and cs_workdir, and defines cs_exec, which becomes the command. Between the start of the command and the end of all its
# processes nothing here starts a process: there may be no room for one.

run_request() {
  dir=$CS_ROOT/$1
  . "$dir/request"
  count_oom_kills && ooms=$oom_kills
  mkfifo "$dir/out" "$dir/err" "$dir/armed" "$dir/done"
  : >"$dir/out.head" && : >"$dir/err.head"
  printf '%s\n' "$cs_half" >"$dir/half" && printf '%s\n' "$cs_files" >"$dir/files"
  printf '%s\n' "$cs_workdir" >"$dir/workdir"
  # Held open: a pump that dies loses nothing, another one goes on in its place.
  exec 4<>"$dir/out" 5<>"$dir/err" 6<>"$dir/armed" 7<>"$dir/done"
  # Opened here: a pump that came to it only after a short run had ended would wait for a writer for ever.
  exec 8<"$dir/out" 9<"$dir/err"
  (cd "$dir" && exec <&8 && apart && exec sh "$CS_ROOT/runner/pump.sh" out "$cs_half") &
  pump_out=$!
  (cd "$dir" && exec <&9 && apart && exec sh "$CS_ROOT/runner/pump.sh" err "$cs_half") &
  pump_err=$!
  (apart && watch_time 6>"$dir/armed") &
  watch=$!
  read -r sleep_term sleep_kill <&6
  now_ms && began=$now
  printf '%s\n' "$began" >"$dir/started.new" && mv "$dir/started.new" "$dir/started"
  # The message that it was killed is of no interest.
  { (apart && exec sh "$CS_ROOT/runner/start.sh" "$dir" 7>"$dir/done" 2>"$dir/shell.said"); } 2>/dev/null
  # The other end is held by the shell that waits for the command: it ends with it.
  exec 6>&- 7<"$dir/done"
  read -r code <&7 || code=
  kill "$sleep_term" "$sleep_kill" 2>/dev/null
  sweep
  # Now the pumps see the end of what they read.
  exec 4>&- 5>&- 7<&-
  wait "$watch" "$pump_out" "$pump_err" 2>/dev/null
  [ -f "$dir/out.total" ] || (cd "$dir" && exec sh "$CS_ROOT/runner/pump.sh" out "$cs_half" <&8)
  [ -f "$dir/err.total" ] || (cd "$dir" && exec sh "$CS_ROOT/runner/pump.sh" err "$cs_half" <&9)
  exec 8<&- 9<&-
  now_ms && lasted=$((now - began))
  count_oom_kills
  write_status
}

# Lets go of the runner's own descriptors, which nobody else may hold.
apart() {
  exec 3>&- 4>&- 5>&- 6>&- 7>&- 8<&- 9<&-
}

# Sleeps already when the command starts. Told to stop by the end of what it waits for.
watch_time() {
  sleep "$cs_timeout" 6>&- &
  term=$!
  sleep "$cs_kill" 6>&- &
  kill=$!
  printf '%s %s\n' "$term" "$kill" >&6
  wait "$term" 2>/dev/null || return 0
  : >"$dir/timed-out"
  end_group TERM
  wait "$kill" 2>/dev/null || return 0
  end_group KILL
  sweep
}

end_group() {
  read -r pid <"$dir/pid" 2>/dev/null && kill "-$1" "-$pid" 2>/dev/null
  return 0
}

# A shell answers 128 + n for a signal, as a command may do by itself; but it says something only of a signal. Of INT
# and PIPE it says nothing.
write_status() {
  exit_code=$code signal=null
  if [ -z "$code" ]; then
    # The run has killed the shell that waited for its command.
    exit_code=null signal=9
  elif [ "$code" -gt 128 ] && { [ -s "$dir/shell.said" ] || [ "$code" = 130 ] || [ "$code" = 141 ]; }; then
    exit_code=null signal=$((code - 128))
  fi
  timed_out=false
  [ ! -f "$dir/timed-out" ] || timed_out=true
  read -r out <"$dir/out.total" && read -r err <"$dir/err.total"
  printf '{"exitCode":%s,"signal":%s,"timedOut":%s,"startedAtMs":%s,"durationMs":%s,"stdout":{"totalBytes":%s},"stderr":{"totalBytes":%s},"oomKills":%s,"leftovers":%s}' \
    "$exit_code" "$signal" "$timed_out" "$began" "$lasted" "$out" "$err" "$((oom_kills - ooms))" "$swept" >"$dir/status.new"
  [ "$cs_files" = 1 ] || : >"$dir/filed"
  mv "$dir/status.new" "$dir/status"
}
