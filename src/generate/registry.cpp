#include "generate/generators/generators.h"

namespace moru::generate {

std::span<const Generator> generators() {
  static constexpr Generator kGenerators[] = {
      {"how-to", "1", find_how_tos},
      {"question-answer", "1", find_questions},
      {"function-return", "1", find_functions},
      {"menu-path", "1", find_menu_paths},
      {"shortcut-key", "1", find_shortcut_keys},
      {"heading-meaning", "1", find_heading_meanings},
      {"table-term", "1", find_table_terms},
      {"purpose", "1", find_purposes},
  };
  return kGenerators;
}

double share_of(Family family) {
  switch (family) {
    case Family::how_to:
      return 0.30;
    case Family::meaning:
      return 0.20;
    case Family::use:
      return 0.18;
    case Family::menu:
      return 0.09;
    case Family::key_effect:
    case Family::effect_key:
      return 0.03;
    case Family::syntax:
      return 0.08;
    case Family::example:
      return 0.02;
    case Family::command_key:
      return 0.01;
    case Family::returns:
      return 0.01;
    case Family::question:
      return 0.05;
  }
  return 0;
}

std::string_view name_of(Family family) {
  switch (family) {
    case Family::meaning:
      return "meaning";
    case Family::how_to:
      return "how-to";
    case Family::menu:
      return "menu";
    case Family::command_key:
      return "command-key";
    case Family::key_effect:
      return "key-effect";
    case Family::effect_key:
      return "effect-key";
    case Family::use:
      return "use";
    case Family::syntax:
      return "syntax";
    case Family::returns:
      return "returns";
    case Family::example:
      return "example";
    case Family::question:
      return "question";
  }
  return "";
}

}  // namespace moru::generate
