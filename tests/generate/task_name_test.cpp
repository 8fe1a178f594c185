#include "generate/task_name.h"

#include <gtest/gtest.h>

namespace moru::generate {
namespace {

TEST(TaskName, KoreanNamesTakeTheFormsOfTheirVerbs) {
  EXPECT_EQ(task_forms("자동 필터 적용").if_to, "자동 필터를 적용하려면");
  EXPECT_EQ(task_forms("자동 필터 적용").way_of, "자동 필터를 적용하는");
  EXPECT_EQ(task_forms("자동 필터 적용").wish, "자동 필터를 적용하고");
  EXPECT_EQ(task_forms("새 표 만들기").if_to, "새 표를 만들려면");
  EXPECT_EQ(task_forms("새 표 만들기").way_of, "새 표를 만드는");
  EXPECT_EQ(task_forms("그림 넣기").if_to, "그림을 넣으려면");
  EXPECT_EQ(task_forms("데이터 가져오기").if_to, "데이터를 가져오려면");
  EXPECT_EQ(task_forms("다른 순서로 인쇄").if_to, "다른 순서로 인쇄하려면");
  EXPECT_EQ(task_forms("매크로 기록").if_to, "매크로를 기록하려면");
  EXPECT_EQ(task_forms("시트를 가로로 인쇄").if_to, "시트를 가로로 인쇄하려면");
}

TEST(TaskName, ClausesAreInflectedBackToTheirVerbs) {
  const TaskForms forms = task_forms("목록에서 단어를 제거하려면");
  EXPECT_TRUE(forms.is_clause);
  EXPECT_EQ(forms.if_to, "목록에서 단어를 제거하려면");
  EXPECT_EQ(forms.way_of, "목록에서 단어를 제거하는");
  EXPECT_EQ(task_forms("표를 만들려면").way_of, "표를 만드는");
  EXPECT_EQ(task_forms("글자를 넣으려면").wish, "글자를 넣고");
}

TEST(TaskName, NounsAreNoTasks) {
  for (const char* name : {"글꼴 크기", "대화 상자 편집기", "유로 변환기", "셀 스타일", "내비게이터", "", "AutoFilter",
                           "Frames and Objects", "삽입 및 삭제"})
    EXPECT_TRUE(task_forms(name).empty()) << name;
}

TEST(TaskName, EnglishGerundsAndInfinitivesBecomeVerbs) {
  EXPECT_EQ(task_forms("Inserting Frames").verb, "insert Frames");
  EXPECT_EQ(task_forms("Inserting, Editing, and Linking Frames").verb, "insert, edit, and link Frames");
  EXPECT_EQ(task_forms("Changing the Color of Text").verb, "change the Color of Text");
  EXPECT_EQ(task_forms("Setting Tab Stops").verb, "set Tab Stops");
  EXPECT_EQ(task_forms("To edit a chart").verb, "edit a chart");
  EXPECT_TRUE(task_forms("To edit a chart").is_clause);
}

}  // namespace
}  // namespace moru::generate
