# Packs the prepared tree and HOME to standard output; says so where something could not be read.
cd "$CS_ROOT" || exit 70
rm -f ctl/unpacked
{ tar -cf - tree home || [ $? = 1 ] || : >ctl/unpacked; } | gzip -1
[ ! -f ctl/unpacked ]
