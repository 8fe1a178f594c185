#!/bin/bash
# tests/office/make_files.sh FOLDER: writes text.{docx,odt,epub}, sheet.{xlsx,ods} and slides.{pptx,odp} into FOLDER with
# LibreOffice, from the flat sources beside this script. Its profile lies in FOLDER too.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$1"
out=$(readlink -f "$1")
for way in "text.fodt docx:MS Word 2007 XML" "text.fodt odt:writer8" "text.fodt epub:EPUB" \
  "sheet.fods xlsx:Calc MS Excel 2007 XML" "sheet.fods ods:calc8" \
  "slides.fodp pptx:Impress MS PowerPoint 2007 XML" "slides.fodp odp:impress8"; do
  source=${way%% *}
  filter=${way#* }
  made=$out/${source%.*}.${filter%%:*}
  timeout 60 soffice "-env:UserInstallation=file://$out/profile" --headless --norestore --convert-to "$filter" \
    --outdir "$out" "$here/$source" > "$out/soffice.log" 2>&1 || true
  [[ -s $made ]] || {
    printf 'LibreOffice wrote no %s:\n%s\n' "$made" "$(cat "$out/soffice.log")"
    exit 1
  }
done
