package io.doundo.plans.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.plans.json.PlanJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class ThreeWayMergeTest {

  private static MergeResult merge(
      String base, String draft, String current, Resolution... resolutions) {
    return ThreeWayMerge.of(
        PlanJson.object(base.replace('\'', '"')),
        PlanJson.object(draft.replace('\'', '"')),
        PlanJson.object(current.replace('\'', '"')),
        List.of(resolutions));
  }

  private static List<String> paths(MergeResult result) {
    return result.conflicts().stream().map(Conflict::path).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'a':1}               | {'a':2}               | {'a':1}               | {'a':2}
          {'a':1}               | {'a':1}               | {'a':2}               | {'a':2}
          {'a':1}               | {'a':2}               | {'a':2}               | {'a':2}
          {'a':1,'b':1}         | {'a':2,'b':1}         | {'a':1,'b':2}         | {'a':2,'b':2}
          {'a':1,'b':1}         | {'b':1}               | {'a':1,'b':2}         | {'b':2}
          {'a':1}               | {'a':1,'b':1}         | {'a':1,'c':1}         | {'a':1,'b':1,'c':1}
          {'a':{'x':1,'y':1}}   | {'a':{'x':2,'y':1}}   | {'a':{'x':1,'y':2}}   | {'a':{'x':2,'y':2}}
          {}                    | {'a':{'x':1}}         | {'a':{'y':1}}         | {'a':{'x':1,'y':1}}
          {'a':10.0}            | {'a':10}              | {'a':11}              | {'a':11}
          {'l':[1]}             | {'l':[1,2]}           | {'l':[1]}             | {'l':[1,2]}
          {'l':[{'id':'p','x':1,'y':1}]} | {'l':[{'id':'p','x':2,'y':1},{'id':'q'}]} | {'l':[{'id':'p','x':1,'y':2},{'id':'r'}]} | {'l':[{'id':'p','x':2,'y':2},{'id':'r'},{'id':'q'}]}
          {'l':[{'id':'p'},{'id':'q'}]} | {'l':[{'id':'p'}]} | {'l':[{'id':'p'},{'id':'q'},{'id':'r'}]} | {'l':[{'id':'p'},{'id':'r'}]}
          {'l':[{'id':'p','x':1},{'id':'q'}]} | {'l':[{'id':'q'},{'id':'p','x':1}]} | {'l':[{'id':'p','x':2},{'id':'q'}]} | {'l':[{'id':'q'},{'id':'p','x':2}]}
          {'l':[{'id':'p','x':1},{'id':'q'}]} | {'l':[{'id':'p','x':2},{'id':'q'}]} | {'l':[{'id':'q'},{'id':'p','x':1}]} | {'l':[{'id':'q'},{'id':'p','x':2}]}
          {'l':[{'id':'p'},{'id':'q'}]} | {'l':[{'id':'q'},{'id':'p'}]} | {'l':[{'id':'p'},{'id':'r'},{'id':'q'}]} | {'l':[{'id':'q'},{'id':'p'},{'id':'r'}]}
          {'l':[{'id':'p'},{'id':'q'},{'id':'r'}]} | {'l':[{'id':'r'},{'id':'q'},{'id':'p'}]} | {'l':[{'id':'p'},{'id':'r'}]} | {'l':[{'id':'r'},{'id':'p'}]}
          {'l':[{'id':'p'},{'id':'q'}]} | {'l':[{'id':'n'},{'id':'p'},{'id':'q'}]} | {'l':[{'id':'p'},{'id':'q','x':1}]} | {'l':[{'id':'n'},{'id':'p'},{'id':'q','x':1}]}
          """)
  void changesThatDoNotOverlapAreMerged(
      String base, String draft, String current, String expected) {
    MergeResult result = merge(base, draft, current);
    assertThat(paths(result)).isEmpty();
    assertThat(PlanJson.same(result.plan(), PlanJson.object(expected.replace('\'', '"'))))
        .as("%s", result.plan())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'a':1}             | {'a':2}             | {'a':3}             | a
          {'a':1}             | {}                  | {'a':3}             | a
          {'a':1}             | {'a':3}             | {}                  | a
          {}                  | {'a':1}             | {'a':2}             | a
          {'a':{'x':1}}       | {'a':{'x':2}}       | {'a':{'x':3}}       | a.x
          {'a':{'x':1}}       | {'a':5}             | {'a':{'x':3}}       | a
          {'l':[1]}           | {'l':[1,2]}         | {'l':[1,3]}         | l
          {'l':[{'id':'p','x':1}]} | {'l':[{'id':'p','x':2}]} | {'l':[{'id':'p','x':3}]} | l[p].x
          {'l':[{'id':'p','x':1}]} | {'l':[]}       | {'l':[{'id':'p','x':3}]} | l[p]
          {'l':[{'id':'p'},{'id':'p'}]} | {'l':[{'id':'p'}]} | {'l':[]} | l
          {'l':[{'id':'p'},{'id':'q'},{'id':'r'}]} | {'l':[{'id':'q'},{'id':'p'},{'id':'r'}]} | {'l':[{'id':'p'},{'id':'r'},{'id':'q'}]} | l (order)
          {} | {'l':[{'id':'p'},{'id':'q'}]} | {'l':[{'id':'q'},{'id':'p'}]} | l (order)
          """)
  void overlappingChangesClash(String base, String draft, String current, String path) {
    assertThat(paths(merge(base, draft, current))).containsExactly(path);
  }

  @Test
  void aConflictShowsAllThreeValues() {
    Conflict conflict = merge("{'a':1}", "{'a':2}", "{}").conflicts().get(0);
    assertThat(conflict.base()).hasToString("1");
    assertThat(conflict.draft()).hasToString("2");
    assertThat(conflict.current()).isNull();
  }

  @Test
  void resolutionsDecide() {
    JsonNode third = PlanJson.MAPPER.valueToTree(9);
    MergeResult result =
        merge(
            "{'a':1,'b':1,'c':1,'d':1}",
            "{'a':2,'b':2,'c':2}",
            "{'a':3,'b':3,'c':3,'d':3}",
            new Resolution("a", Resolution.Side.DRAFT, null),
            new Resolution("b", Resolution.Side.CURRENT, null),
            new Resolution("c", null, third),
            new Resolution("d", Resolution.Side.DRAFT, null),
            new Resolution("e", null, third));
    assertThat(paths(result)).isEmpty();
    assertThat(result.plan()).hasToString("{\"a\":2,\"b\":3,\"c\":9}");
    assertThat(result.unused()).containsExactly("e");
    assertThatThrownBy(() -> new Resolution("a", Resolution.Side.DRAFT, third))
        .hasMessageContaining("needs either choose");
  }

  @Test
  void anOrderThatBothHaveChangedIsDecidedAsAnyField() {
    String base = "{'l':[{'id':'p'},{'id':'q'},{'id':'r'}]}";
    String draft = "{'l':[{'id':'q'},{'id':'p'},{'id':'r'},{'id':'s'}]}";
    String current = "{'l':[{'id':'p'},{'id':'r'},{'id':'q'}]}";
    Conflict conflict = merge(base, draft, current).conflicts().get(0);
    assertThat(conflict.base()).hasToString("[\"p\",\"q\",\"r\"]");
    assertThat(conflict.draft()).hasToString("[\"q\",\"p\",\"r\",\"s\"]");
    assertThat(conflict.current()).hasToString("[\"p\",\"r\",\"s\",\"q\"]");

    MergeResult chosen =
        merge(base, draft, current, new Resolution("l (order)", Resolution.Side.DRAFT, null));
    assertThat(paths(chosen)).isEmpty();
    assertThat(ids(chosen.plan())).containsExactly("q", "p", "r", "s");
    JsonNode third = PlanJson.MAPPER.valueToTree(List.of("s", "r", "q", "p"));
    MergeResult other = merge(base, draft, current, new Resolution("l (order)", null, third));
    assertThat(ids(other.plan())).containsExactly("s", "r", "q", "p");
    for (List<String> wrong : List.of(List.of("s", "r", "q"), List.of("s", "r", "q", "p", "p"))) {
      MergeResult undecided =
          merge(
              base,
              draft,
              current,
              new Resolution("l (order)", null, PlanJson.MAPPER.valueToTree(wrong)));
      assertThat(paths(undecided)).as("%s", wrong).containsExactly("l (order)");
    }
  }

  private static List<String> ids(ObjectNode plan) {
    return plan.path("l").valueStream().map(element -> element.path("id").asString()).toList();
  }

  /** Without a conflict, the elements are in the order of a side that has changed it. */
  @Test
  void noOrderIsLostOrMadeUp() {
    Random dice = new Random(19);
    int clean = 0;
    for (int run = 0; run < 5_000; run++) {
      List<String> base = List.of("p", "q", "r", "s", "t").subList(0, 2 + dice.nextInt(4));
      ObjectNode draft = list(moved(base, "d", dice), dice);
      ObjectNode current = list(moved(base, "c", dice), dice);
      MergeResult result = ThreeWayMerge.of(list(base, null), draft, current, List.of());
      MergeResult mirrored = ThreeWayMerge.of(list(base, null), current, draft, List.of());
      assertThat(paths(result)).containsExactlyInAnyOrderElementsOf(paths(mirrored));
      if (result.isClean()) {
        clean++;
        List<String> merged = ids(result.plan());
        assertThat(merged).containsExactlyInAnyOrderElementsOf(ids(mirrored.plan()));
        for (ObjectNode side : List.of(draft, current)) {
          List<String> before = in(in(base, ids(side)), merged);
          if (!before.equals(in(in(ids(side), base), merged))) {
            assertThat(in(merged, ids(side)))
                .as("%s of %s, %s and %s", merged, base, ids(draft), ids(current))
                .isEqualTo(in(ids(side), merged));
          }
        }
      }
    }
    assertThat(clean).isBetween(1_000, 4_900);
  }

  private static List<String> in(List<String> ids, List<String> others) {
    return ids.stream().filter(others::contains).toList();
  }

  private static List<String> moved(List<String> base, String added, Random dice) {
    List<String> ids = new ArrayList<>(base);
    if (dice.nextInt(3) == 0) {
      ids.add(dice.nextInt(ids.size()), ids.remove(dice.nextInt(ids.size())));
    }
    if (dice.nextInt(3) == 0) {
      ids.remove(dice.nextInt(ids.size()));
    }
    if (dice.nextInt(3) == 0) {
      ids.add(dice.nextInt(ids.size() + 1), added);
    }
    return ids;
  }

  private static ObjectNode list(List<String> ids, @Nullable Random dice) {
    ObjectNode plan = PlanJson.object();
    ArrayNode list = plan.putArray("l");
    ids.forEach(
        id -> list.addObject().put("id", id).put("x", dice == null || dice.nextInt(6) > 0 ? 1 : 2));
    return plan;
  }

  /** No field that only one side has changed is ever lost, whatever the plans look like. */
  @Test
  void noChangeIsLostOrMadeUp() {
    Random dice = new Random(17);
    for (int run = 0; run < 2_000; run++) {
      ObjectNode base = random(dice, 0);
      ObjectNode draft = changed(base, dice);
      ObjectNode current = changed(base, dice);
      MergeResult result = ThreeWayMerge.of(base, draft, current, List.of());
      MergeResult mirrored = ThreeWayMerge.of(base, current, draft, List.of());
      assertThat(paths(result)).containsExactlyInAnyOrderElementsOf(paths(mirrored));
      if (result.isClean()) {
        assertThat(result.plan()).isEqualTo(mirrored.plan());
        assertThat(paths(Changes.between(base, result.plan())))
            .isEqualTo(union(Changes.between(base, draft), Changes.between(base, current)));
      }
      assertThat(ThreeWayMerge.of(base, draft, base, List.of()).plan()).isEqualTo(draft);
      assertThat(ThreeWayMerge.of(base, base, current, List.of()).plan()).isEqualTo(current);
      assertThat(ThreeWayMerge.of(base, draft, draft, List.of()).plan()).isEqualTo(draft);
    }
  }

  private static List<String> paths(List<Change> changes) {
    return changes.stream().map(change -> change.path() + "=" + change.after()).sorted().toList();
  }

  private static List<String> union(List<Change> one, List<Change> other) {
    List<String> all = new ArrayList<>(paths(one));
    all.addAll(paths(other));
    return all.stream().distinct().sorted().toList();
  }

  /** Fields of an object are never replaced by a scalar, so that changes are those of leaves. */
  private static ObjectNode random(Random dice, int depth) {
    ObjectNode plan = PlanJson.object();
    for (String name : List.of("a", "b", "c", "d")) {
      if (depth < 2 && name.equals("d")) {
        plan.set(name, random(dice, depth + 1));
      } else {
        plan.put(name, dice.nextInt(3));
      }
    }
    return plan;
  }

  private static ObjectNode changed(ObjectNode base, Random dice) {
    ObjectNode plan = base.deepCopy();
    for (String name : List.copyOf(plan.propertyNames())) {
      if (plan.get(name) instanceof ObjectNode inner) {
        plan.set(name, changed(inner, dice));
      } else if (dice.nextInt(4) == 0) {
        plan.put(name, dice.nextInt(3, 9));
      }
    }
    return plan;
  }

  @Test
  void theDifferencesOfTwoVersionsAreTheirFields() {
    List<Change> changes =
        Changes.between(
            PlanJson.object("{\"a\":1,\"b\":{\"x\":1},\"l\":[{\"id\":\"p\",\"x\":1}],\"gone\":1}"),
            PlanJson.object(
                "{\"a\":1,\"b\":{\"x\":2},\"l\":[{\"id\":\"p\",\"x\":2},{\"id\":\"q\"}]}"));
    assertThat(changes.stream().map(Change::path)).containsExactly("b.x", "l[p].x", "l[q]", "gone");
    List<Change> reordered =
        Changes.between(
            PlanJson.object("{\"l\":[{\"id\":\"p\"},{\"id\":\"q\"}]}"),
            PlanJson.object("{\"l\":[{\"id\":\"q\"},{\"id\":\"p\"},{\"id\":\"r\"}]}"));
    assertThat(reordered.stream().map(Change::path)).containsExactly("l[r]", "l (order)");
  }

  @Test
  void digitsAreKept() {
    ObjectNode plan = PlanJson.object("{\"premium\":129.90,\"big\":12345678901234567890.10}");
    assertThat(plan).hasToString("{\"premium\":129.90,\"big\":12345678901234567890.10}");
  }
}
