# The container's first process once it is delivered: serves requests one at a time. Needs a POSIX sh and the tools of
# coreutils or busybox. While a run goes on it only waits: it must not need to fork, as a fork bomb may forbid it.
set -u
cd "$CS_ROOT" || exit 70
umask 022
. runner/processes.sh
. runner/run.sh
# MAINTENANCE: pods/pod-state.ts reads these codes.
trap 'exit 143' TERM
trap 'exit 130' INT
exec 3<>ctl/wake
read -r mode deadline <ctl/mode

# What `state` prints; replaced as a whole.
announce() {
  printf '%s\n' "$*" >ctl/phase.new && mv ctl/phase.new ctl/phase
}

# The tree and HOME as they were prepared, at the path where they were: a run sees nothing of the one before. What was
# prepared is closed meanwhile, to a run that strays.
refresh() {
  keep_known '' && keep_known ctl/ && keep_known runner/ && keep_known runs/ && empty_shared && chmod 700 pristine &&
    cp -a pristine/tree tree && cp -a pristine/home home && mkdir tmp && chmod 0 pristine && return 0
  : >ctl/unhealthy
  return 1
}

# keep_known FOLDER: all else in it was written by a run. Not for requests, which come at any time.
keep_known() {
  for left in "$1"* "$1".[!.]* "$1"..?*; do
    case $known in *" $left "*) continue ;; esac
    discard "./$left" || return 1
  done
}

# Folders that a run has closed to itself are opened first.
discard() {
  rm -rf "$1" 2>/dev/null && return 0
  chmod -R u+rwx "$1" 2>/dev/null
  rm -rf "$1"
}

# Folders outside of the root that a run may write to; only those that the pod was told are its own.
empty_shared() {
  for folder in ${CS_SHARED:-}; do
    for left in "$folder"/* "$folder"/.[!.]* "$folder"/..?*; do
      [ ! -O "$left" ] || discard "$left" || return 1
    done
  done
}

# Everything from here on is newer than the marker: that is how the files of a run are told from those it found. It lies
# a second back, as some `find` compare whole seconds; what was prepared is older, and keeps its times.
ready_for_next() {
  [ "$mode" != warm ] || refresh || { announce unhealthy && return 1; }
  [ -d tmp ] || mkdir tmp
  touch -d "@$(($(date +%s) - 1))" ctl/marker
  announce idle
}

if [ "$mode" = warm ] && [ ! -d pristine ]; then
  mkdir pristine && mv tree home pristine/ && rm -rf tmp || exit 72
fi
# Of the root and of the runner's own folders; runs are added as they come.
known=" $(echo * runner/* ctl/*) ctl/phase ctl/marker ctl/expired ctl/collected ctl/unhealthy "
# A pod that nobody collects ends by itself. A run that ends everything it can ends this too.
watch_deadline() {
  (sleep "$deadline" && : >ctl/expired && echo expired >&3) &
}
watch_deadline
ready_for_next

while [ ! -f ctl/expired ] && [ ! -f ctl/collected ]; do
  for request in requests/*; do
    [ -f "$request" ] || continue
    name=${request##*/}
    # The folder is made once, however often a request is sent.
    if [ ! -f ctl/unhealthy ] && mkdir "runs/$name" 2>/dev/null; then
      known="${known}runs/$name "
      mv "$request" "runs/$name/request"
      announce "running $name"
      run_request "runs/$name"
      [ -n "$code" ] || watch_deadline
      announce "ended $name"
      # What the run wrote must be taken away before the next one gets a fresh tree; all of it may be by now.
      while [ -d "runs/$name" ] && [ ! -f "runs/$name/filed" ] && [ ! -f ctl/expired ] && [ ! -f ctl/collected ]; do
        read -r _ <&3 || break
      done
      ready_for_next
    else
      rm -f "$request"
    fi
  done
  [ -f ctl/expired ] || [ -f ctl/collected ] || read -r _ <&3 || exit 73
done
exit 0
