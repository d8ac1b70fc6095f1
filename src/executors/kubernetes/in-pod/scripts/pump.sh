# pump.sh STREAM HALF: what a run prints, from standard input until its end, in the folder of the run. First into
# `<stream>.head` up to half of the cap, then into segments of which only the last are kept. dd passes on every piece as
# it comes and takes no byte more than it is told to, so that another dd can go on where it stopped; nothing else in a
# small image does both.
set -u
. "$CS_ROOT/runner/sizes.sh"
stream=$1 half=$2
# Shells end where there is no room for another process. Nothing may be lost then: another goes on from the files.
trap 'exec sh "$CS_ROOT/runner/pump.sh" "$stream" "$half"' EXIT

# pass BLOCK COUNT FILE: at most so many pieces; sets `size` of the file. Fails at the end or where the disk is full.
pass() {
  before=0 full=no
  [ ! -f "$3" ] || { size_of "$3" && before=$size; }
  dd bs="$1" count="$2" 2>/dev/null >>"$3" || full=yes
  size_of "$3"
  [ "$full" = no ] && [ "$size" -gt "$before" ]
}

keep_head() {
  size_of "$stream.head" && head=$size
  while [ "$head" -lt "$half" ]; do
    pass 4096 $(((half - head) / 4096 + 1)) "$stream.head" || return 1
    head=$size
  done
}

# Segments 0, 1, …; those before `first` are gone, with `dropped` bytes.
keep_segments() {
  pieces=$((half / 65536 + 1))
  [ "$pieces" -gt 64 ] || pieces=64
  while :; do
    more=yes
    pass 65536 "$pieces" "$stream.seg.$next" || more=no
    eval "seg_$next=$size"
    kept=$((kept + size)) next=$((next + 1))
    drop_old
    [ "$more" = yes ] || return 1
  done
}

# Segments go as long as those behind them hold enough.
drop_old() {
  while :; do
    eval "oldest=\$seg_$first"
    [ "$((first + 1))" -lt "$next" ] && [ $((kept - oldest)) -ge "$half" ] || return 0
    kept=$((kept - oldest)) dropped=$((dropped + oldest)) first=$((first + 1))
    printf '%s %s\n' "$first" "$dropped" >"$stream.dropped.new" && mv "$stream.dropped.new" "$stream.dropped"
    rm -f "$stream.seg.$((first - 1))"
  done
}

# What the pump before this one left.
find_segments() {
  kept=0 first=0 dropped=0
  [ ! -f "$stream.dropped" ] || read -r first dropped <"$stream.dropped"
  next=$first
  while [ -f "$stream.seg.$next" ]; do
    size_of "$stream.seg.$next"
    eval "seg_$next=$size"
    kept=$((kept + size)) next=$((next + 1))
  done
}

# The last bytes, none of which are among the first.
tail_of() {
  {
    [ "$first" -gt 0 ] || tail -c +$((half + 1)) "$stream.head"
    at=$first
    while [ "$at" -lt "$next" ]; do
      cat "$stream.seg.$at"
      at=$((at + 1))
    done
  } | tail -c "$half"
}

find_segments
keep_head && keep_segments
rest=0
if [ "$full" = yes ]; then
  # The disk is full: the end is counted only.
  rest=$(wc -c) && rest=$((rest))
  : >"$stream.tail"
else
  tail_of >"$stream.tail"
fi
printf '%s\n' $((head + kept + dropped + rest)) >"$stream.total.new" && mv "$stream.total.new" "$stream.total"
trap - EXIT
rm -f "$stream".seg.*
