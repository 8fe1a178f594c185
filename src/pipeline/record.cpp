#include "pipeline/record.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::pipeline {

void record(const Artefact& artefact, const Step& step, ledger::Ledger& ledger) {
  // The node's facts name the content, so an artefact that was remade is recorded again.
  const Json facts = {{"step", artefact.identity.step},
                      {"version", artefact.identity.version},
                      {"content", artefact.content},
                      {"parameters", artefact.identity.parameters},
                      {"external", artefact.identity.external},
                      {"bytes", artefact.bytes()},
                      {"facts", artefact.facts},
                      {"made", artefact.made}};
  const std::string text = dump_json(facts);
  const auto known = ledger.node(artefact.key);
  if (known && known->facts == text) return;
  ledger::Ledger::Transaction transaction(ledger);
  ledger.put(ledger::Node{artefact.key, ledger::Kind::artefact, artefact.identity.step, text});
  for (const auto& [name, input] : artefact.identity.inputs)
    if (ledger.has(input.key)) ledger.put(ledger::Edge{artefact.key, input.key, std::string(ledger::kInput), {}});
  step.record(artefact, ledger);
  transaction.commit();
}

ledger::Ledger open_ledger(const Workspace& workspace, const Recipe& recipe,
                           const std::function<void(const std::string&)>& say) {
  const fs::path path = workspace.ledger();
  const bool is_new = !fs::exists(path);
  const auto open = [&] {
    try {
      return ledger::Ledger::open(path);
    } catch (const ledger::DamagedError& error) {
      say(error.problem());
      std::string time = utc_now();
      std::erase(time, ':');
      const fs::path aside = path.string() + ".damaged-" + time;
      fs::rename(path, aside);
      // Pages of the old file that were still in its log would be written into the new one.
      fs::remove(path.string() + "-wal");
      fs::remove(path.string() + "-shm");
      say(fmt::format(fmt::runtime(tr("it is set aside as {} and made again from the artefacts",
                                      "{}(으)로 옮기고 산출물에서 다시 만듭니다")),
                      aside.string()));
      return ledger::Ledger::open(path);
    }
  };
  ledger::Ledger ledger = open();
  if (!is_new && !ledger.nodes(ledger::Kind::artefact, 1).empty()) return ledger;
  // In the order of the steps, so that inputs are there before what was made of them.
  const std::vector<Artefact> artefacts = workspace.artefacts();
  for (const auto& step : recipe.steps)
    for (const Artefact& artefact : artefacts)
      if (artefact.identity.step == step->name() && damage(artefact).empty()) record(artefact, *step, ledger);
  return ledger;
}

}  // namespace moru::pipeline
