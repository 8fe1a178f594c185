#include "collect/licence.h"

#include "core/file.h"

namespace moru::collect {
namespace {

constexpr std::string_view kDebian = R"(Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Source: https://example.org

Files: *
Copyright: 2024 Someone
License: GPL-2+
 On Debian systems ...

Files: docs/*
       help/?.md
Copyright: 2024 Someone
License: CC-BY-SA-4.0 or Expat

License: GPL-2+
 text
)";

TEST(Spdx, Expressions) {
  EXPECT_EQ(spdx_expression("mpl-2.0"), "MPL-2.0");
  EXPECT_EQ(spdx_expression("(mit or apache-2.0) and CC0-1.0"), "(MIT OR Apache-2.0) AND CC0-1.0");
  EXPECT_EQ(spdx_expression("GPL-2.0-only with Classpath-exception-2.0"), "GPL-2.0-only WITH Classpath-exception-2.0");
  EXPECT_EQ(spdx_expression("LicenseRef-Company"), "LicenseRef-Company");
  for (const std::string_view wrong :
       {"", "MIT OR", "OR MIT", "MIT Apache-2.0", "(MIT", "MIT)", "all rights reserved!", "회사 내부"})
    EXPECT_EQ(spdx_expression(wrong), std::nullopt) << wrong;
}

TEST(Spdx, DebiansNames) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"Expat", "MIT"},
      {"GPL-2+", "GPL-2.0-or-later"},
      {"LGPL-2.1", "LGPL-2.1-only"},
      {"MPL-2.0", "MPL-2.0"},
      {"GFDL-1.3+", "GFDL-1.3-or-later"},
      {"GPL-2 or Artistic-2.0", "GPL-2.0-only OR Artistic-2.0"},
      {"BSD-3-clause, and Expat", "BSD-3-Clause AND MIT"},
      {"GPL-3+ with Autoconf exception", "GPL-3.0-or-later WITH LicenseRef-Autoconf-exception"},
      {"public-domain", "LicenseRef-public-domain"},
      {"Custom", "LicenseRef-Custom"},
      {"see the (long) text", "LicenseRef-see-the--long--text"},
      {"Perl and Expat", "(Artistic-1.0-Perl OR GPL-1.0-or-later) AND MIT"}};
  for (const auto& [debian, spdx] : cases) EXPECT_EQ(spdx_of_debian(debian), spdx) << debian;
}

TEST(Licence, RecognisedByItsPhrases) {
  const auto id = [](std::string_view text) { return recognise_licence(text).value_or(Recognised{"none"}).id; };
  EXPECT_EQ(id("MIT License\n\nCopyright"), "MIT");
  EXPECT_EQ(
      id("                                 Apache License\n                           Version 2.0, January 2004\n"),
      "Apache-2.0");
  EXPECT_EQ(id("Mozilla Public License Version 2.0\n"), "MPL-2.0");
  EXPECT_EQ(id("                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n"),
            "GPL-3.0-only");
  EXPECT_EQ(id("Creative Commons Attribution-ShareAlike 4.0 International"), "CC-BY-SA-4.0");
  EXPECT_EQ(id("Redistribution and use in source and binary\nforms, ... to endorse or promote products derived"),
            "BSD-3-Clause");
  EXPECT_EQ(id("본 저작물은 공공누리 제1유형에 따라 이용할 수 있습니다."), "LicenseRef-KOGL-1");
  EXPECT_EQ(id("/* SPDX-License-Identifier: GPL-2.0-only OR MIT */"), "GPL-2.0-only OR MIT");
  EXPECT_EQ(id("All rights reserved. Nothing is allowed."), "none");
  EXPECT_EQ(recognise_licence("\n\nPreamble\nThe MIT\nLicense")->line, 4U);
}

TEST(Licence, DebiansMachineReadableFile) {
  const auto copyright = DebianCopyright::parse(kDebian);
  ASSERT_TRUE(copyright);
  EXPECT_EQ(copyright->for_path("src/a.c")->id, "GPL-2.0-or-later");
  EXPECT_EQ(copyright->for_path("src/a.c")->line, 6U);
  EXPECT_EQ(copyright->for_path("docs/deep/a.md")->id, "CC-BY-SA-4.0 OR MIT");
  EXPECT_EQ(copyright->for_path("help/a.md")->id, "CC-BY-SA-4.0 OR MIT");
  EXPECT_FALSE(DebianCopyright::parse("MIT License\nFiles: *\nLicense: MIT\n"));
}

TEST(Licence, TheNearestFileBesideADocumentDecides) {
  const TemporaryDirectory folder;
  make_directories(folder.path() / "docs/deep");
  make_directories(folder.path() / "mit");
  write_file_atomic(folder.path() / "copyright", kDebian);
  write_file_atomic(folder.path() / "mit/LICENSE.txt", "MIT License\n");
  write_file_atomic(folder.path() / "docs/deep/COPYING", "mine, all mine\n");  // says nothing known: the search goes on
  FolderSource source;
  source.name = "s";
  source.folder = folder.path();
  Licences licences(source);
  EXPECT_EQ(licences.of("a.md").id, "GPL-2.0-or-later");
  EXPECT_EQ(licences.of("a.md").evidence, "s/copyright:6");
  EXPECT_EQ(licences.of("docs/deep/a.md").id, "CC-BY-SA-4.0 OR MIT");
  EXPECT_EQ(licences.of("docs/deep/a.md").evidence, "s/copyright:12");
  EXPECT_EQ(licences.of("mit/x/a.md").evidence, "s/mit/LICENSE.txt:1");
  source.licence = "CC0-1.0";
  EXPECT_EQ(Licences(source).of("a.md").evidence, "recipe");
}

TEST(Licence, UnknownIsUnknown) {
  const TemporaryDirectory folder;
  FolderSource source;
  source.name = "s";
  source.folder = folder.path();
  EXPECT_EQ(Licences(source).of("a.md").id, "unknown");
  write_file_atomic(folder.path() / "terms", "ask us\n");
  source.licence_file = (folder.path() / "terms").string();
  EXPECT_EQ(Licences(source).of("a.md").id, "unknown");
}

TEST(Licence, OfAnInstalledFileByItsPackage) {
  FolderSource source;
  source.name = "help";
  source.folder = "/usr/share/libreoffice/help/ko";
  const data::Licence licence = Licences(source).of("text/swriter/main0000.html");
  EXPECT_EQ(licence.id, "MPL-2.0");
  EXPECT_EQ(licence.evidence.substr(0, licence.evidence.find(':')), "/usr/share/doc/libreoffice-help-ko/copyright");
}

}  // namespace
}  // namespace moru::collect
