#include "pipeline/artefact.h"

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"

namespace moru::pipeline {
namespace {

Identity identity() {
  return {"train",        2,
          "0.1.0",        {{"epochs", 3}, {"model", {{"layers", 4}}}},
          Json::object(), {{"corpus", {"k", sha256("corpus")}}}};
}

Artefact make(const fs::path& folder) {
  make_directories(folder / "model");
  write_file_atomic(folder / "model" / "weights", std::string(100000, 'w'));
  write_file_atomic(folder / "notes.txt", "notes");
  return seal(folder, identity(), {{"loss", 0.25}}, {{"seconds", 12.5}});
}

TEST(Artefact, TheKeyDependsOnAllThatDecidesTheResultAndOnNothingElse) {
  const std::string key = identity().key();
  Identity other = identity();
  other.inputs["corpus"].key = "another artefact with the same content";
  EXPECT_EQ(other.key(), key);
  other.inputs["corpus"].content = sha256("another corpus");
  EXPECT_NE(other.key(), key);
  other = identity();
  other.version = 3;
  EXPECT_NE(other.key(), key);
  other = identity();
  other.code = "0.2.0";
  EXPECT_NE(other.key(), key);
  other = identity();
  other.parameters["epochs"] = 4;
  EXPECT_NE(other.key(), key);
  other = identity();
  other.external["questions.jsonl"] = sha256("q");
  EXPECT_NE(other.key(), key);
}

TEST(Artefact, ComesBackAsItWasSealed) {
  const TemporaryDirectory folder;
  const Artefact made = make(folder.path() / "a");
  const Artefact loaded = load_artefact(folder.path() / "a");
  EXPECT_EQ(loaded.key, made.key);
  EXPECT_EQ(loaded.content, made.content);
  EXPECT_EQ(loaded.facts, made.facts);
  EXPECT_EQ(loaded.identity.inputs.at("corpus").content, sha256("corpus"));
  EXPECT_EQ(loaded.bytes(), 100005U);
  EXPECT_EQ(damage(loaded), "");
  // The content is that of the files: when and how long are no part of it.
  make_directories(folder.path() / "b" / "model");
  write_file_atomic(folder.path() / "b" / "model" / "weights", std::string(100000, 'w'));
  write_file_atomic(folder.path() / "b" / "notes.txt", "notes");
  EXPECT_EQ(seal(folder.path() / "b", identity(), {{"loss", 0.25}}, {{"seconds", 99}}).content, made.content);
}

TEST(Artefact, EveryDamageIsFound) {
  const TemporaryDirectory folder;
  const fs::path a = folder.path() / "a";
  make(a);
  std::string bytes = read_file(a / "model" / "weights");
  bytes[50000] = 'x';
  write_file_atomic(a / "model" / "weights", bytes);
  EXPECT_NE(damage(load_artefact(a)).find("model/weights"), std::string::npos);
  write_file_atomic(a / "model" / "weights", "short");
  EXPECT_NE(damage(load_artefact(a)), "");
  fs::remove(a / "model" / "weights");
  EXPECT_NE(damage(load_artefact(a)), "");

  make(a);
  std::string text = read_file(a / "artefact.json");
  text.replace(text.find("0.25"), 4, "0.20");
  write_file_atomic(a / "artefact.json", text);
  EXPECT_THROW(load_artefact(a), Error) << "facts were changed";
  write_file_atomic(a / "artefact.json", text.substr(0, text.size() / 2));
  EXPECT_THROW(load_artefact(a), Error);
  write_file_atomic(a / "artefact.json", "[]");
  EXPECT_THROW(load_artefact(a), Error);
}

TEST(Artefact, SaysWhyItIsNotTheOneThatStands) {
  Identity now = identity();
  now.parameters["model"]["layers"] = 6;
  EXPECT_EQ(difference(identity(), now), "model.layers: 4 -> 6");
  now = identity();
  now.version = 3;
  EXPECT_NE(difference(identity(), now).find("2 -> 3"), std::string::npos);
  now = identity();
  now.inputs["corpus"].content = sha256("other");
  EXPECT_NE(difference(identity(), now).find("corpus"), std::string::npos);
  now = identity();
  now.external["questions.jsonl"] = "1";
  EXPECT_NE(difference(identity(), now).find("questions.jsonl"), std::string::npos);
}

}  // namespace
}  // namespace moru::pipeline
