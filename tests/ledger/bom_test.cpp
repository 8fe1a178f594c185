#include "ledger/bom.h"

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/hash.h"

namespace moru::ledger {
namespace {

Source source(const std::string& uri) {
  return {uri, sha256(uri), 10, "", "MPL-2.0", "recipe"};
}

TEST(Bom, TheMerkleRootDependsOnEverySourceAndNotOnTheirOrder) {
  const std::vector<Source> three = {source("a"), source("b"), source("c")};
  const std::vector<Source> mixed = {source("c"), source("a"), source("b")};
  EXPECT_EQ(merkle_root(three), merkle_root(mixed));
  std::vector<Source> changed = three;
  changed[1].licence = "CC0-1.0";
  EXPECT_NE(merkle_root(three), merkle_root(changed));
  // By hand, for the formula in bom.h.
  const auto leaf = [](const Source& s) { return sha256(s.uri + "\n" + s.sha256 + "\n" + s.licence); };
  EXPECT_EQ(merkle_root(three), sha256(sha256(leaf(three[0]) + leaf(three[1])) + leaf(three[2])));
}

TEST(Bom, SourcesComeBackAsTheyWere) {
  const Json json = sources_json({source("a"), source("b")});
  EXPECT_EQ(json.at("licences").at("MPL-2.0"), 2);
  const auto back = sources_from_json(json, "bom.json");
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[1].sha256, sha256("b"));
  EXPECT_THROW(sources_from_json(Json{{"files", 3}}, "bom.json"), Error);
}

TEST(Bom, NamesEveryFileThatWasChangedAddedOrTakenAway) {
  const TemporaryDirectory folder;
  write_file_atomic(folder.path() / "config.json", "{}");
  write_file_atomic(folder.path() / "model.safetensors", "weights");
  write_file_atomic(folder.path() / "README.md", "card");
  const Json bom = {{"files", files_json(folder.path())}};
  write_file_atomic(folder.path() / "bom.json", dump_json(bom));
  EXPECT_TRUE(changed_files(folder.path(), bom).empty());
  const std::string id = model_id(bom["files"]);

  write_file_atomic(folder.path() / "README.md", "another card");
  EXPECT_EQ(model_id(files_json(folder.path())), id) << "the card is not part of the model";
  write_file_atomic(folder.path() / "model.safetensors", "Weights");
  EXPECT_NE(model_id(files_json(folder.path())), id);
  write_file_atomic(folder.path() / "extra.bin", "?");
  fs::remove(folder.path() / "config.json");
  EXPECT_EQ(changed_files(folder.path(), bom),
            (std::vector<std::string>{"README.md", "config.json", "model.safetensors", "extra.bin"}));
}

}  // namespace
}  // namespace moru::ledger
