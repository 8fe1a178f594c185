// Bad input, at the level of the command: a clear error that names the place and the mend, and nothing lost.
#include <sys/mount.h>

#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;

bool says(const Outcome& outcome, const std::string& text) {
  return outcome.error.find(text) != std::string::npos;
}

TEST(BadInput, AMissingFolderNamesTheLineOfTheRecipe) {
  const TinyExample tiny;
  tiny.change("folder: documents", "folder: document");
  const Outcome outcome = moru({"build", tiny.recipe()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(says(outcome, "recipe.yaml:")) << outcome.error;
  EXPECT_TRUE(says(outcome, "mend:")) << outcome.error;
  EXPECT_FALSE(fs::exists(tiny.folder() / ".moru"));
}

TEST(BadInput, AnUnknownKeyNamesItsLineAndTheNearestKey) {
  const TinyExample tiny;
  tiny.change("held_out_share: 0.2", "held_out_shar: 0.2");
  const Outcome outcome = moru({"build", tiny.recipe()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(says(outcome, "held_out_shar\"")) << outcome.error;
  EXPECT_TRUE(says(outcome, "did you mean \"held_out_share\"")) << outcome.error;
  EXPECT_TRUE(says(outcome, "recipe.yaml:")) << outcome.error;
}

TEST(BadInput, BrokenYamlNamesTheLine) {
  const TinyExample tiny;
  tiny.change("curate:", "curate: [");
  const Outcome outcome = moru({"build", tiny.recipe()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(says(outcome, "not valid YAML")) << outcome.error;
}

TEST(BadInput, AValueOutOfRangeNamesTheLine) {
  const TinyExample tiny;
  tiny.change("held_out_share: 0.2", "held_out_share: 20");
  const Outcome outcome = moru({"build", tiny.recipe()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(says(outcome, "held_out_share")) << outcome.error;
}

TEST(BadInput, WeightGroupsThatDoNotFitTheModelAreToldBeforeTheTraining) {
  const TinyExample tiny;
  tiny.change(" intermediate: 128", " intermediate: 100");
  const Outcome outcome = moru({"build", tiny.recipe()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(says(outcome, "intermediate (100)")) << outcome.error;
  EXPECT_FALSE(fs::exists(tiny.folder() / ".moru"));
}

TEST(BadInput, AFileOfTwoGigabytesIsSetAsideAndCounted) {
  const TinyExample tiny;
  write_file_atomic(tiny.folder() / "documents" / "huge.txt", "the beginning of a very long text");
  fs::resize_file(tiny.folder() / "documents" / "huge.txt", uint64_t{2} << 30);  // sparse: it takes no room on the disk
  const Outcome outcome = moru({"build", tiny.recipe(), "--until", "collect", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(parse_json(outcome.out, "output").at("steps").at(0).at("facts").at("set_aside"), 3);
  const Outcome trace = moru({"trace", "huge.txt", "--workspace", tiny.folder().string()});
  EXPECT_NE(trace.out.find("too-large"), std::string::npos) << trace.out << trace.error;
}

TEST(BadInput, AMissingRecipeAFolderAndAWrongCall) {
  const TinyExample tiny;
  EXPECT_EQ(moru({"build", "no-such.yaml"}).status, 1);
  const Outcome folder = moru({"build", tiny.folder().string()});
  EXPECT_EQ(folder.status, 1);
  EXPECT_TRUE(says(folder, "recipe.yaml")) << folder.error;
  EXPECT_EQ(moru({"build"}).status, 2);
  EXPECT_EQ(moru({"biuld", "x"}).status, 2);
  const Outcome until = moru({"build", tiny.recipe(), "--until", "trian"});
  EXPECT_EQ(until.status, 1);
  EXPECT_TRUE(says(until, "train")) << until.error;
}

TEST(BadInput, AMissingOrBrokenQuestionsFileIsToldBeforeTheWorkBegins) {
  const TinyExample tiny;
  write_file_atomic(tiny.folder() / "questions.jsonl", "{\"id\": \"1\", \"question\": \"?\"}\n");
  const Outcome broken = moru({"build", tiny.recipe()});
  EXPECT_EQ(broken.status, 1);
  EXPECT_TRUE(says(broken, "questions.jsonl:1")) << broken.error;
  fs::remove(tiny.folder() / "questions.jsonl");
  const Outcome missing = moru({"build", tiny.recipe()});
  EXPECT_EQ(missing.status, 1);
  EXPECT_TRUE(says(missing, "questions.jsonl")) << missing.error;
  EXPECT_FALSE(fs::exists(tiny.folder() / ".moru"));
}

TEST(BadInput, DocumentsThatCannotBeReadAreSetAsideAndCounted) {
  const TinyExample tiny;
  write_file_atomic(tiny.folder() / "documents" / "bad.txt", "\xff\xfe\x80 \xc3\x28 broken \x80\x80\x80\x80");
  write_file_atomic(tiny.folder() / "documents" / "strange.xyz", "?");
  const Outcome outcome = moru({"build", tiny.recipe(), "--until", "collect", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  const Json facts = parse_json(outcome.out, "output").at("steps").at(0).at("facts");
  EXPECT_GE(facts.at("set_aside").get<int>(), 3) << facts;
  EXPECT_GE(facts.at("documents").get<int>(), 14) << facts;
}

TEST(BadInput, TheSameErrorInKorean) {
  const TinyExample tiny;
  tiny.change("held_out_share: 0.2", "held_out_shar: 0.2");
  const Outcome outcome = moru({"build", tiny.recipe()}, {.environment = {{"MORU_LANG", "ko"}}});
  EXPECT_TRUE(says(outcome, "알 수 없는 키")) << outcome.error;
}

TEST(BadInput, AFileSizeLimitIsAnErrorAndTheNextRunGoesOn) {
  const TinyExample tiny;
  const Outcome limited = moru({"build", tiny.recipe(), "--until", "tokenizer"}, {.file_limit = 20000});
  EXPECT_EQ(limited.status, 1) << limited.signal;
  EXPECT_TRUE(says(limited, "mend:")) << limited.error;
  const Outcome free = moru({"build", tiny.recipe(), "--until", "tokenizer", "--quiet"});
  EXPECT_EQ(free.status, 0) << free.error;
}

TEST(BadInput, AFullDiskIsAnErrorAndNothingIsLost) {
  const TinyExample tiny;
  const fs::path disk = tiny.folder() / "disk";
  make_directories(disk);
  // A file system of its own where we may mount one; else the file-size limit above is what stands for a full disk.
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1500k") != 0) {
    ASSERT_TRUE(errno == EPERM || errno == EACCES) << std::strerror(errno);
    return;
  }
  const auto build = [&](const std::string& until) {
    return moru({"build", tiny.recipe(), "--workspace", disk.string(), "--until", until, "--json"});
  };
  const Outcome first = build("collect");
  EXPECT_EQ(first.status, 0) << first.error;
  // Nearly full: what is left holds the next artefacts not at all or only in part.
  write_file_atomic(disk / "ballast", std::string(static_cast<size_t>(fs::space(disk).available) - 8192, 'x'));
  const Outcome full = build("tokenizer");
  EXPECT_EQ(full.status, 1);
  EXPECT_TRUE(says(full, "No space left")) << full.error;
  EXPECT_TRUE(says(full, "free some disk space")) << full.error;
  fs::remove(disk / "ballast");
  const Outcome again = build("tokenizer");
  EXPECT_EQ(again.status, 0) << again.error;
  if (again.status == 0) {
    const Json steps = parse_json(again.out, "output").at("steps");
    EXPECT_FALSE(steps.at(0).at("made").get<bool>()) << "what was finished before the disk was full is kept";
  }
  EXPECT_EQ(::umount(disk.c_str()), 0);
}

}  // namespace
}  // namespace moru::cli
