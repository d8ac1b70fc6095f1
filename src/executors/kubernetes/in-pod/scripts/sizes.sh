# Sets `size`.
size_of() {
  size=$(wc -c <"$1") && size=$((size))
}
