# Runs as the sandbox's user: puts the command's environment in place, then becomes the command.
# The environment travels under other names until here, so that no privileged program ever sees a LD_PRELOAD or PATH
# from a request. Names were checked to be plain identifiers; checked again because they are evaluated.
cd -- "$CS_WORKDIR" || exit 125
unset CS_WORKDIR OLDPWD
for CS_NAME in $CS_VARS; do
  case $CS_NAME in
    '' | [!A-Za-z_]* | *[!A-Za-z0-9_]*) exit 125 ;;
  esac
  eval "export $CS_NAME=\"\$CS_VAR_$CS_NAME\""
  unset "CS_VAR_$CS_NAME"
done
unset CS_VARS CS_NAME
exec "$@"
