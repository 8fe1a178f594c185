// moru build with a base model, as a user runs it: from a GGUF file to an adapter that answers.
#include <set>

#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;

/// The tiny example's model as a GGUF file without a word on its licence, and a recipe that goes on from it.
class OnABase : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    tiny_ = std::make_unique<TinyExample>();
    const std::string first = read_file(tiny_->recipe());
    write_file_atomic(tiny_->recipe(), first + "\noutput:\n  weights: trained\n");
    const Outcome built = moru({"build", tiny_->recipe(), "--quiet"});
    ASSERT_EQ(built.status, 0) << built.error;
    fs::remove(tiny_->folder() / "model" / "bom.json");
    const Outcome converted = moru({"convert", (tiny_->folder() / "model").string(), base().string()});
    ASSERT_EQ(converted.status, 0) << converted.error;
    make_directories(tiny_->folder() / "general");
    write_file_atomic(tiny_->folder() / "general" / "other.txt",
                      "The ship left the harbour in the morning and came to the island before night.\n\n"
                      "Nobody had seen the sea so still, and the sailors sang.\n");
  }
  static void TearDownTestSuite() { tiny_.reset(); }

  static fs::path base() { return tiny_->folder() / "base.gguf"; }
  /// A recipe in the example's folder whose `train:` has these further lines; its workspace is `name`.
  static std::string recipe(const std::string& name, const std::string& train) {
    const std::string text =
        "name: " + name +
        "\ncollect: {name: tiny, folder: documents, exclude: [LICENSE]}\n"
        "curate: {boilerplate: {minimum_documents: 5}, personal_data: {mask_example_domains: true}}\n"
        "generate: {held_out_documents: 0.3}\n"
        "train:\n  base: base.gguf\n  batch_tokens: 512\n  sequence_tokens: 128\n" +
        train +
        "optimize: {group: 32, comparison_tokens: 500}\n"
        "evaluate:\n  systems: [base, trained, bm25]\n  held_out: 6\n  text_bytes: 2000\n"
        "  texts: {name: general, folder: general, licence: CC0-1.0}\n";
    write_file_atomic(tiny_->folder() / (name + ".yaml"), text);
    return (tiny_->folder() / (name + ".yaml")).string();
  }
  static Outcome build(const std::string& name, const std::string& train, const std::string& language = "en") {
    return moru({"build", recipe(name, train), "--workspace", (tiny_->folder() / name).string(), "--offline"},
                {.environment = {{"MORU_LANG", language}}});
  }
  /// The files of held-out documents are sources of the evaluation and not of the model, in the bill of materials, in
  /// the card and in every trace.
  static void expect_apart(const Json& bom, size_t held_out) {
    const fs::path model = tiny_->folder() / "apart" / "model";
    const Json& asked = bom.at("evaluation").at("held_out_sources");
    EXPECT_EQ(bom.at("documents").at("held_out"), held_out);
    EXPECT_GT(asked.at("count"), 0);
    EXPECT_LE(asked.at("count"), held_out);  // a file may hold several documents
    std::set<std::string> taught;
    for (const Json& file : bom.at("sources").at("files")) taught.insert(file.at("uri"));
    for (const Json& file : asked.at("files")) {
      EXPECT_FALSE(taught.contains(file.at("uri"))) << file;
      EXPECT_EQ(file.at("licence"), "Apache-2.0");
    }
    EXPECT_NE(read_file(model / "README.md").find("Held out of the training"), std::string::npos);
    EXPECT_NE(moru({"trace", model.string()}).out.find("held out, and only asked about"), std::string::npos);

    const std::string workspace = (tiny_->folder() / "apart").string();
    const auto trace = [&](const std::vector<std::string>& arguments) {
      std::vector<std::string> all = {"trace", "--json", "--workspace", workspace};
      all.insert(all.end(), arguments.begin(), arguments.end());
      const Outcome outcome = moru(all);
      EXPECT_EQ(outcome.status, 0) << outcome.error;
      return parse_json(outcome.out, "trace");
    };
    const Json by_id = trace({bom.at("model").at("id")});
    EXPECT_EQ(by_id.at("sources").at("merkle_root"), bom.at("sources").at("merkle_root"));
    EXPECT_EQ(by_id.at("held_out_sources").at("merkle_root"), asked.at("merkle_root"));
    const auto made_of = [&](const Json& file) {
      std::set<std::string> labels;
      const Json down = trace({file.at("uri"), "--down"});
      for (const auto& [kind, nodes] : down.at("made_of_it").items())
        for (const Json& node : nodes) labels.insert(kind + " " + node.at("label").get<std::string>());
      return labels;
    };
    const std::set<std::string> of_asked = made_of(asked.at("files").at(0));
    EXPECT_TRUE(of_asked.contains("artefact evaluate"));
    for (const char* step : {"artefact tokenizer", "artefact train", "artefact optimize", "model apart"})
      EXPECT_FALSE(of_asked.contains(step)) << step;
    const std::set<std::string> of_taught = made_of(bom.at("sources").at("files").at(1));
    EXPECT_TRUE(of_taught.contains("artefact train"));
    EXPECT_TRUE(of_taught.contains("model apart"));
  }
  static inline std::unique_ptr<TinyExample> tiny_;
};

TEST_F(OnABase, TrainsAnAdapterThatAnswersWithItsBaseAndSaysWhatWasForgotten) {
  const Outcome built =
      build("apart", "  base_licence: apache-2.0\n  lora: {rank: 4, merge: false, targets: [q_proj, down_proj]}\n");
  ASSERT_EQ(built.status, 0) << built.error;
  EXPECT_NE(built.error.find("base (Apache-2.0)"), std::string::npos) << built.error;
  const fs::path model = tiny_->folder() / "apart" / "model";
  EXPECT_TRUE(fs::exists(model / "adapter_config.json"));
  EXPECT_FALSE(fs::exists(model / "model.safetensors"));

  // The base is a source of the model as documents are.
  const Json bom = read_json_file(model / "bom.json");
  EXPECT_EQ(bom.at("base").at("licence"), "Apache-2.0");
  EXPECT_EQ(bom.at("base").at("evidence"), "recipe");
  size_t bases = 0;
  for (const Json& file : bom.at("sources").at("files"))
    if (file.at("uri") == "base/base") bases += file.at("sha256") == bom.at("base").at("sha256") ? 1 : 0;
  EXPECT_EQ(bases, 1U);
  EXPECT_NE(read_file(model / "README.md").find("from base (licence Apache-2.0"), std::string::npos);
  const Outcome trace = moru({"trace", model.string()});
  EXPECT_NE(trace.out.find("trained further from base (licence Apache-2.0"), std::string::npos) << trace.out;

  // Before and after: questions of both kinds, the answers' and documents' text, and the general text.
  const Json evaluation = read_json_file(model / "evaluation.json");
  std::set<std::string> sets, texts;
  for (const Json& score : evaluation.at("scores")) sets.insert(score.at("set").get<std::string>());
  for (const Json& score : evaluation.at("texts"))
    texts.insert(score.at("kind").get<std::string>() + " " + score.at("system").get<std::string>());
  EXPECT_EQ(sets, (std::set<std::string>{"held-out", "held-out documents"}));
  EXPECT_EQ(texts, (std::set<std::string>{"answers base", "answers trained", "documents base", "documents trained",
                                          "general base", "general trained"}));
  EXPECT_EQ(evaluation.at("text_sources").at(0).at("licence"), "CC0-1.0");
  EXPECT_NE(read_file(model / "evaluation.md").find("general text: general"), std::string::npos);
  EXPECT_NE(built.out.find("fewer bits are better"), std::string::npos) << built.out;

  const Outcome answer = moru({"chat", model.string(), "--prompt", "?", "--max-tokens", "4"});
  EXPECT_EQ(answer.status, 0) << answer.error;
  const std::string config = read_file(model / "adapter_config.json");
  EXPECT_NE(config.find("base.gguf"), std::string::npos);
  fs::rename(base(), base().string() + ".away");
  const Outcome alone = moru({"chat", model.string(), "--prompt", "?"});
  fs::rename(base().string() + ".away", base());
  EXPECT_EQ(alone.status, 1);
  EXPECT_NE(alone.error.find("base_model_name_or_path"), std::string::npos) << alone.error;

  // Nothing of a held-out document is in what was trained on.
  std::set<std::string> held_out, trained;
  for (const fs::path& file : list_files(tiny_->folder() / "apart" / ".moru" / "artefacts")) {
    const fs::path whole = tiny_->folder() / "apart" / ".moru" / "artefacts" / file;
    if (file.filename() == "held_out.json")
      for (const Json& id : read_json_file(whole)) held_out.insert(id.get<std::string>());
    if (file.filename() != "index.jsonl" || file.string().find("pretrain") == std::string::npos) continue;
    const std::string index = read_file(whole);
    for (size_t at = index.find("\"origin\":\""); at != std::string::npos; at = index.find("\"origin\":\"", at + 1))
      trained.insert(index.substr(at + 10, 64));
  }
  EXPECT_FALSE(held_out.empty());
  EXPECT_FALSE(trained.empty());
  for (const std::string& id : held_out) EXPECT_FALSE(trained.contains(id)) << id;
  expect_apart(bom, held_out.size());
}

TEST_F(OnABase, MergedItIsAModelFolderOfItsOwn) {
  const Outcome built = build("merged", "  base_licence: MIT\n  lora: {rank: 4, base_bits: 8, base_group: 32}\n");
  ASSERT_EQ(built.status, 0) << built.error;
  const fs::path model = tiny_->folder() / "merged" / "model";
  EXPECT_TRUE(fs::exists(model / "model.safetensors"));
  EXPECT_FALSE(fs::exists(model / "adapter_config.json"));
  const Outcome answer = moru({"chat", model.string(), "--prompt", "?", "--max-tokens", "4"});
  EXPECT_EQ(answer.status, 0) << answer.error;
}

TEST_F(OnABase, WhatIsWrongIsSaidBeforeAnyWorkWithTheLine) {
  struct Case {
    std::string train, english, korean;
  };
  const std::string licence = "  base_licence: MIT\n";
  for (const auto& [train, english, korean] : {
           Case{"", "the licence of the base base.gguf is not stated", "라이선스가 어디에도"},
           Case{"  base_licence: \"all mine!\"\n", "not an SPDX expression", "SPDX 표현식이 아닙니다"},
           Case{"  base_licence_file: nowhere\n", "is not there", "파일이 없습니다"},
           Case{licence + "  lora: {rank: 0}\n", "rank", "rank"},
           Case{licence + "  lora: {targets: [q_prj]}\n", "called \"q_prj\"", "\"q_prj\""},
       })
    for (const std::string language : {"en", "ko"}) {
      const Outcome outcome = build("wrong", train, language);
      EXPECT_EQ(outcome.status, 1) << train;
      EXPECT_NE(outcome.error.find(language == "en" ? english : korean), std::string::npos) << outcome.error;
      EXPECT_NE(outcome.error.find("wrong.yaml:"), std::string::npos) << outcome.error;
      EXPECT_FALSE(fs::exists(tiny_->folder() / "wrong" / ".moru" / "artefacts")) << train;
    }
  // Its one document is held out: nothing would be left to learn from.
  const std::string one = (tiny_->folder() / "one.yaml").string();
  write_file_atomic(one,
                    "name: one\ncollect: {name: one, folder: general, licence: MIT}\ngenerate:\n  seed: 3\n"
                    "  held_out_documents: 0.9\n");
  const Outcome none = moru({"build", one, "--workspace", (tiny_->folder() / "one").string()});
  EXPECT_EQ(none.status, 1);
  EXPECT_NE(none.error.find("one.yaml:5"), std::string::npos) << none.error;
  EXPECT_NE(none.error.find("all documents (1) are held out"), std::string::npos) << none.error;

  const std::string missing = recipe("wrong", licence);
  write_file_atomic(missing, read_file(missing).replace(read_file(missing).find("base.gguf"), 9, "gone.gguf"));
  const Outcome outcome = moru({"build", missing, "--plan"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.error.find("gone.gguf"), std::string::npos) << outcome.error;
}

}  // namespace
}  // namespace moru::cli
