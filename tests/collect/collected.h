// What tests of whole collections share: a folder of files, and what collecting it gives.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "collect/collect.h"
#include "core/file.h"
#include "core/hash.h"
#include "data/document.h"

namespace moru::collect {

struct Collection {
  Report report;
  std::vector<data::Document> documents;
  std::vector<Json> set_aside;
  std::string bytes;  ///< A hash of both datasets.

  std::vector<std::string> uris() const {
    std::vector<std::string> out;
    for (const data::Document& d : documents) out.push_back(d.source.uri);
    return out;
  }
  /// "URI REASON" of what was set aside.
  std::vector<std::string> reasons() const {
    std::vector<std::string> out;
    for (const Json& d : set_aside)
      out.push_back(d.at("document").get<std::string>() + " " + d.at("rule").get<std::string>().substr(8));
    return out;
  }
};

inline Collection collection_of(const Options& options) {
  const TemporaryDirectory out;
  SilentProgress progress;
  Collection c;
  {
    data::DatasetWriter documents(out.path() / "documents", std::string(data::kDocumentSchema));
    data::DatasetWriter set_aside(out.path() / "set_aside", std::string(data::kDecisionSchema));
    c.report = collect(options, documents, set_aside, progress);
  }
  data::DatasetReader(out.path() / "documents", data::kDocumentSchema)
      .for_each([&](const Json& json, std::string_view place) {
        c.documents.push_back(data::document_from_json(json, place));
      });
  data::DatasetReader(out.path() / "set_aside", data::kDecisionSchema)
      .for_each([&](const Json& json, std::string_view) { c.set_aside.push_back(json); });
  c.bytes = sha256_tree(out.path());
  return c;
}

class CollectFolder : public ::testing::Test {
 protected:
  void put(const std::string& path, std::string_view bytes) const {
    make_directories((folder.path() / "in" / path).parent_path());
    std::ofstream(folder.path() / "in" / path, std::ios::binary) << bytes;
  }
  Options options() const {
    Options o;
    FolderSource source;
    source.name = "s";
    source.folder = folder.path() / "in";
    source.place = "recipe.yaml:2";
    o.sources = {source};
    return o;
  }
  TemporaryDirectory folder;
};

}  // namespace moru::collect
