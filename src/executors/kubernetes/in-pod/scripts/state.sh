# Prints the phase, then the names of the runs that have ended and were not collected yet.
cd "$CS_ROOT" 2>/dev/null && [ -f ctl/phase ] || { echo waiting && exit 0; }
cat ctl/phase
for run in runs/*; do [ ! -f "$run/status" ] || printf '%s\n' "${run##*/}"; done
