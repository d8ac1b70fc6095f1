# The container's first process until the runner is delivered; its text stands in the pod. Waits on a FIFO, so that it
# costs nothing, and answers TERM, which the kernel ignores for a first process without a handler.
cd "${CS_ROOT:=/commit-suite}" || exit 70
export CS_ROOT
# MAINTENANCE: pods/pod-state.ts reads these codes.
trap 'exit 143' TERM
trap 'exit 130' INT
umask 022
mkdir -p ctl requests runs runner tree home tmp
[ -p ctl/wake ] || mkfifo ctl/wake
# Open for both, so that it never ends when a writer closes it.
exec 3<>ctl/wake
while [ ! -f runner/ready ]; do read -r _ <&3 || exit 71; done
exec sh runner/runner.sh
