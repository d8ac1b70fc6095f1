# Packs the prepared tree and HOME to standard output; fails where something could not be read. Nothing of the set-up is
# alive any more that could change a file meanwhile.
cd "$CS_ROOT" || exit 70
rm -f ctl/unpacked
{ tar -cf - tree home || : >ctl/unpacked; } | gzip -1
[ ! -f ctl/unpacked ]
