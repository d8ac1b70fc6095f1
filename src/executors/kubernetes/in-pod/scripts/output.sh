# What a run prints: each stream into `<stream>.head` up to half of the cap, then into segments of which only the last
# are kept. dd passes on every piece as it comes and takes no byte more than it is told to, so that another dd can go on
# where it stopped; nothing else in a small image does both.

size_of() {
  size=$(wc -c <"$1") && size=$((size))
}

# pump STREAM HALF: from standard input until its end; runs in the folder of the run.
pump() {
  stream=$1 half=$2 head=0
  while [ "$head" -lt "$half" ]; do
    dd bs=65536 count=64 2>/dev/null >>"$stream.head"
    size_of "$stream.head"
    [ "$size" -gt "$head" ] || break
    head=$size
  done
  kept=0 dropped=0 first=0 next=0
  while [ "$head" -ge "$half" ]; do
    dd bs=65536 count=128 2>/dev/null >"$stream.seg.$next"
    size_of "$stream.seg.$next"
    [ "$size" -gt 0 ] || break
    eval "seg_$next=$size"
    kept=$((kept + size)) next=$((next + 1))
    drop_old
  done
  end_of "$head" "$first" "$next" "$half" >"$stream.tail"
  rm -f "$stream".seg.*
  printf '%s\n' "$((head + kept + dropped))" >"$stream.total"
}

# Segments go as long as those behind them hold enough.
drop_old() {
  while :; do
    eval "oldest=\$seg_$first"
    [ $((kept - oldest)) -ge "$half" ] || return 0
    rm -f "$stream.seg.$first"
    kept=$((kept - oldest)) dropped=$((dropped + oldest)) first=$((first + 1))
  done
}

# The last bytes, none of which are among the first.
end_of() {
  {
    [ "$2" -gt 0 ] || tail -c +$(($4 + 1)) "$stream.head"
    at=$2
    while [ "$at" -lt "$3" ]; do
      cat "$stream.seg.$at"
      at=$((at + 1))
    done
  } | tail -c "$4"
}
