// evaluate: the untrained, the trained and the quantized model, and a plain retrieval baseline, on the same questions.
#include "evaluate/evaluate.h"

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "evaluate/model_system.h"
#include "model/model.h"
#include "pipeline/evaluation.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"
#include "text/tokenizer.h"
#include "train/train.h"

namespace moru::pipeline {
namespace {

const std::vector<std::string> kSystems = {"untrained", "trained", "quantized", "bm25"};

/// A model that is loaded when it is asked and let go afterwards: no two models are in memory at once.
evaluate::System lazy_model(const std::string& name, const fs::path& tokenizer_folder,
                            std::function<std::unique_ptr<model::Model>()> load) {
  evaluate::System system;
  system.name = name;
  system.answer = [=](const std::vector<evaluate::Question>& questions, ProgressSink& progress) {
    const std::unique_ptr<model::Model> model = load();
    const text::Tokenizer tokenizer = text::Tokenizer::load(tokenizer_folder);
    infer::Engine engine(*model, tokenizer, {}, text::ModelChat::load(tokenizer_folder));
    return evaluate::model_system(name, engine).answer(questions, progress);
  };
  return system;
}

class EvaluateStep : public Step {
 public:
  EvaluateStep(const Config& recipe, const RecipeFile& file) {
    base_ = train::read_options(recipe.section("train")).base.folder;
    const Config section = recipe.section("evaluate");
    systems_ = section.texts("systems", kSystems);
    for (const std::string& system : systems_)
      if (std::ranges::find(kSystems, system) == kSystems.end())
        throw Error(section.place("systems"),
                    fmt::format(fmt::runtime(tr("unknown system \"{}\"", "알 수 없는 대상 \"{}\"")), system),
                    fmt::format("{}: {}", tr("known systems", "쓸 수 있는 대상"), fmt::join(kSystems, ", ")));
    if (systems_.empty())
      throw Error(section.place("systems"), std::string(tr("no system to evaluate", "평가할 대상이 없습니다")),
                  fmt::format("{}: {}", tr("known systems", "쓸 수 있는 대상"), fmt::join(kSystems, ", ")));
    held_out_ = static_cast<size_t>(section.integer("held_out", 0));
    for (const std::string& name : section.texts("questions")) {
      const fs::path path = file.folder / name;
      if (!fs::is_regular_file(path))
        throw Error(section.place("questions"),
                    fmt::format(fmt::runtime(tr("there is no file {}", "{} 파일이 없습니다")), path.string()),
                    std::string(tr("correct the path; it is relative to the recipe",
                                   "경로를 고치세요. 레시피 기준 상대 경로입니다")));
      question_files_.push_back(path);
      // Before hours of training, not after.
      evaluate::read_questions(path);
    }
  }

  std::string_view name() const override { return "evaluate"; }
  int version() const override { return 1; }
  std::vector<std::string> inputs() const override { return {"curate", "generate", "train", "optimize"}; }
  Json parameters() const override {
    Json files = Json::array();
    for (const fs::path& file : question_files_) files.push_back(file.filename().string());
    return {{"systems", systems_}, {"held_out", held_out_}, {"questions", std::move(files)}};
  }
  Json external(const fs::path&) const override {
    Json hashes = Json::object();
    for (const fs::path& file : question_files_) hashes[file.filename().string()] = sha256_file(file);
    return hashes;
  }
  std::string about() const override {
    return fmt::format(fmt::runtime(tr("ask {} the same questions", "{}에게 같은 질문 묻기")),
                       fmt::join(systems_, ", "));
  }

  void run(StepRun& run) const override {
    const data::DatasetReader corpus(run.input("curate").folder / "corpus", data::kDocumentSchema);
    const data::DatasetReader samples(run.input("generate").folder / "samples", data::kSampleSchema);
    std::vector<evaluate::Question> questions = evaluate::held_out_questions(samples, held_out_);
    for (const fs::path& file : question_files_)
      for (evaluate::Question& question : evaluate::read_questions(file)) questions.push_back(std::move(question));
    const evaluate::Report report = evaluate::evaluate(questions, make_systems(run, corpus), run.progress);
    write_file_atomic(run.out / "evaluation.json", dump_json(report.facts, 1) + "\n");
    run.facts = {{"questions", questions.size()},
                 {"scores", report.facts.at("scores")},
                 {"comparisons", report.facts.at("comparisons")}};
  }

  std::string summary(const Artefact& a) const override {
    return fmt::format(fmt::runtime(tr("{} questions", "질문 {}개")), grouped(a.facts.value("questions", uint64_t{0})));
  }

  std::string report(const Artefact& a) const override {
    const fs::path file = a.folder / "evaluation.json";
    return evaluate::report_text(report_from_facts(read_json_file(file), file.string()));
  }

 private:
  std::vector<evaluate::System> make_systems(const StepRun& run, const data::DatasetReader& corpus) const {
    const fs::path trained = run.input("train").folder / "model", quantized = run.input("optimize").folder / "model";
    const auto seed = run.input("train").identity.parameters.value("seed", uint64_t{0});
    std::vector<evaluate::System> systems;
    for (const std::string& name : systems_) {
      if (name == "untrained" && !base_.empty())
        systems.push_back(lazy_model("base", trained, [base = base_] { return model::Model::load(base); }));
      else if (name == "untrained")
        systems.push_back(
            lazy_model(name, trained, [=] { return model::make_random_model(model::load_config(trained), seed); }));
      if (name == "trained") systems.push_back(lazy_model(name, trained, [=] { return model::Model::load(trained); }));
      if (name == "quantized")
        systems.push_back(lazy_model(name, quantized, [=] { return model::Model::load(quantized); }));
      if (name == "bm25") systems.push_back(evaluate::bm25_baseline(corpus));
    }
    return systems;
  }

  fs::path base_;  ///< The model that training goes on from, which then stands for the untrained one.
  std::vector<std::string> systems_;
  size_t held_out_ = 0;
  std::vector<fs::path> question_files_;
};

}  // namespace

std::unique_ptr<Step> make_evaluate_step(const Config& recipe, const RecipeFile& file) {
  return std::make_unique<EvaluateStep>(recipe, file);
}

}  // namespace moru::pipeline
