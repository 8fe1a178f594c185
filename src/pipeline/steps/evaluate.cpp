// evaluate: the untrained, the trained and the quantized model, and a plain retrieval baseline, on the same questions.
#include "evaluate/evaluate.h"

#include "collect/collect.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "data/document.h"
#include "data/held_out.h"
#include "evaluate/model_system.h"
#include "evaluate/text_scores.h"
#include "model/model.h"
#include "pipeline/evaluation.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"
#include "text/tokenizer.h"
#include "train/train.h"

namespace moru::pipeline {
namespace {

const std::vector<std::string> kSystems = {"untrained", "trained", "quantized", "bm25"};

/// A model that is loaded when it is asked and let go afterwards: no two models are in memory at once. It predicts
/// texts too.
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
  system.predict = [=](const std::vector<evaluate::TextSet>& sets, ProgressSink& progress) {
    const std::unique_ptr<model::Model> model = load();
    return evaluate::predict_texts(*model, text::Tokenizer::load(tokenizer_folder),
                                   text::ModelChat::load(tokenizer_folder), sets, name, progress);
  };
  return system;
}

class EvaluateStep : public Step {
 public:
  EvaluateStep(const Config& recipe, const RecipeFile& file) {
    base_ = train::read_options(recipe.section("train")).base.path;
    const Config section = recipe.section("evaluate");
    systems_ = section.texts("systems", kSystems);
    if (!base_.empty()) std::ranges::replace(systems_, std::string("base"), std::string("untrained"));
    for (const std::string& system : systems_)
      if (std::ranges::find(kSystems, system) == kSystems.end())
        throw Error(section.place("systems"),
                    fmt::format(fmt::runtime(tr("unknown system \"{}\"", "알 수 없는 대상 \"{}\"")), system),
                    fmt::format("{}: {}", tr("known systems", "쓸 수 있는 대상"), fmt::join(kSystems, ", ")));
    if (systems_.empty())
      throw Error(section.place("systems"), std::string(tr("no system to evaluate", "평가할 대상이 없습니다")),
                  fmt::format("{}: {}", tr("known systems", "쓸 수 있는 대상"), fmt::join(kSystems, ", ")));
    held_out_ = static_cast<size_t>(section.integer("held_out", 0));
    if (section.has("texts")) texts_ = collect::read_options(section, file.folder, "texts");
    text_bytes_ = static_cast<size_t>(section.integer("text_bytes", 60000, 100));
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
    Json parameters = {{"systems", systems_}, {"held_out", held_out_}, {"questions", std::move(files)}};
    if (texts_) parameters["texts"] = collect::to_json(*texts_);
    if (predicts_texts()) parameters["text_bytes"] = text_bytes_;
    return parameters;
  }
  void prepare(const StepPreparation& p) override {
    if (texts_) texts_hash_ = collect::gather(texts_in(p.store), p.offline, p.progress);
  }
  Json external(const fs::path& store) const override {
    Json hashes = Json::object();
    for (const fs::path& file : question_files_) hashes[file.filename().string()] = sha256_file(file);
    if (texts_) hashes["texts"] = texts_hash_.empty() ? collect::input_hash(texts_in(store)) : texts_hash_;
    return hashes;
  }
  std::string about() const override {
    std::vector<std::string> shown = systems_;
    if (!base_.empty()) std::ranges::replace(shown, std::string("untrained"), std::string("base"));
    return fmt::format(fmt::runtime(tr("ask {} the same questions", "{}에게 같은 질문 묻기")), fmt::join(shown, ", "));
  }

  void run(StepRun& run) const override {
    const data::DatasetReader corpus(run.input("curate").folder / "corpus", data::kDocumentSchema);
    const data::DatasetReader samples(run.input("generate").folder / "samples", data::kSampleSchema);
    const std::set<std::string> held_out = data::read_held_out(held_out_documents(run.input("generate").folder));
    std::vector<evaluate::Question> questions = evaluate::held_out_questions(samples, held_out_, held_out);
    for (const fs::path& file : question_files_)
      for (evaluate::Question& question : evaluate::read_questions(file)) questions.push_back(std::move(question));
    Json sources = Json::array();
    const std::vector<evaluate::TextSet> texts =
        predicts_texts() ? text_sets(run, corpus, held_out, questions, sources) : std::vector<evaluate::TextSet>();
    evaluate::Report report = evaluate::evaluate(questions, make_systems(run, corpus), run.progress, texts);
    if (!sources.empty()) report.facts["text_sources"] = std::move(sources);
    write_file_atomic(run.out / "evaluation.json", dump_json(report.facts, 1) + "\n");
    run.facts = {{"questions", questions.size()},
                 {"scores", report.facts.at("scores")},
                 {"comparisons", report.facts.at("comparisons")}};
    for (const char* key : {"texts", "text_comparisons", "text_sources"})
      if (report.facts.contains(key)) run.facts[key] = report.facts.at(key);
  }

  std::string summary(const Artefact& a) const override {
    return fmt::format(fmt::runtime(tr("{} questions", "질문 {}개")), grouped(a.facts.value("questions", uint64_t{0})));
  }

  std::string report(const Artefact& a) const override {
    const fs::path file = a.folder / "evaluation.json";
    return evaluate::report_text(report_from_facts(read_json_file(file), file.string()));
  }

 private:
  /// Where a base is gone on from, how much of what it knew is left is asked; else only where texts are given.
  bool predicts_texts() const { return texts_ || !base_.empty(); }

  collect::Options texts_in(const fs::path& store) const {
    collect::Options options = *texts_;
    options.store = store / "evaluate";
    return options;
  }

  /// The recipe's texts, the held-out documents, and the references of the questions. `sources`: the files of the first
  /// with their licences.
  std::vector<evaluate::TextSet> text_sets(const StepRun& run, const data::DatasetReader& corpus,
                                           const std::set<std::string>& held_out,
                                           const std::vector<evaluate::Question>& questions, Json& sources) const {
    std::vector<evaluate::TextSet> sets;
    for (const evaluate::Question& q : questions) {
      auto set = std::ranges::find(sets, q.set, &evaluate::TextSet::name);
      if (set == sets.end()) set = sets.insert(sets.end(), {q.set, evaluate::TextKind::answers, {}});
      set->texts.push_back({q.references.front(), q.text, q.cluster});
    }
    if (!held_out.empty()) {
      std::vector<data::Document> documents;
      corpus.for_each([&](const Json& record, std::string_view place) {
        data::Document document = data::document_from_json(record, place);
        if (held_out.contains(document.id)) documents.push_back(std::move(document));
      });
      sets.push_back(sample_texts("held-out documents", evaluate::TextKind::documents, std::move(documents)));
    }
    if (!texts_) return sets;
    const TemporaryDirectory work;
    data::DatasetWriter collected(work.path() / "documents", std::string(data::kDocumentSchema));
    data::DatasetWriter set_aside(work.path() / "set_aside", std::string(data::kDecisionSchema));
    collect::collect(texts_in(run.store), collected, set_aside, run.progress);
    std::map<std::string, std::vector<data::Document>> by_source;
    data::DatasetReader(work.path() / "documents", data::kDocumentSchema)
        .for_each([&](const Json& record, std::string_view place) {
          data::Document document = data::document_from_json(record, place);
          sources.push_back({{"uri", document.source.uri},
                             {"sha256", document.source.file_hash},
                             {"licence", document.licence.id},
                             {"evidence", document.licence.evidence}});
          by_source[document.source.uri.substr(0, document.source.uri.find('/'))].push_back(std::move(document));
        });
    for (auto& [source, documents] : by_source)
      sets.push_back(sample_texts(source, evaluate::TextKind::general, std::move(documents)));
    return sets;
  }

  /// As many documents as text_bytes holds, the last one cut, in an order that depends on their addresses alone.
  evaluate::TextSet sample_texts(const std::string& name, evaluate::TextKind kind,
                                 std::vector<data::Document> documents) const {
    std::ranges::sort(documents, {}, [](const data::Document& d) { return std::pair(hash64(d.source.uri), d.id); });
    evaluate::TextSet set{name, kind, {}};
    size_t left = text_bytes_;
    for (const data::Document& document : documents) {
      if (left == 0) break;
      size_t size = std::min(left, document.text.size());
      while (size > 0 && size < document.text.size() &&
             (static_cast<unsigned char>(document.text[size]) & 0xC0) == 0x80)
        --size;
      set.texts.push_back({document.text.substr(0, size), "", document.id});
      left -= std::min(left, std::max<size_t>(size, 1));
    }
    return set;
  }

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
  std::optional<collect::Options> texts_;  ///< General texts that the training has nothing to do with.
  size_t text_bytes_ = 0;                  ///< Of each set.
  std::string texts_hash_;                 ///< Known once prepare() has looked.
};

}  // namespace

std::unique_ptr<Step> make_evaluate_step(const Config& recipe, const RecipeFile& file) {
  return std::make_unique<EvaluateStep>(recipe, file);
}

}  // namespace moru::pipeline
