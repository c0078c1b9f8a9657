package io.doundo.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.doundo.bench.measure.RepetitionGroups.FigureDifference;
import io.doundo.bench.measure.RepetitionGroups.Repetition;
import io.doundo.bench.process.Figure;
import io.doundo.bench.process.Figure.Kind;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RepetitionGroupsTest {

  @Test
  void aGapWiderThanEitherGroupMakesTwo() {
    RepetitionGroups groups = of(1_640, 2_887, 1_671, 2_700, 1_600, 2_810);

    assertThat(groups.apart()).isTrue();
    assertThat(groups.gap()).isCloseTo(2_700 / 1_671.0, within(1e-9));
    assertThat(groups.slower()).containsExactly(0, 2, 4);
    assertThat(groups.faster()).containsExactly(1, 3, 5);
    assertThat(groups.areEnough()).isTrue();
  }

  @Test
  void threeRepetitionsMayBeTwoGroupsButAreNotEnoughToBelieveIt() {
    RepetitionGroups groups = of(1_640, 2_887, 1_671);

    assertThat(groups.apart()).isTrue();
    assertThat(groups.faster()).containsExactly(1);
    assertThat(groups.areEnough()).isFalse();
  }

  @Test
  void repetitionsThatSpreadEvenlyAreOneGroup() {
    RepetitionGroups groups = of(1_000, 1_300, 1_700, 2_200, 2_900);

    assertThat(groups.apart())
        .as("the gap of 1.32 is not wider than what is on its sides")
        .isFalse();
    assertThat(groups.gap()).isCloseTo(2_900 / 2_200.0, within(1e-9));
    assertThat(groups.differences()).isEmpty();
  }

  @Test
  void theUsualDifferenceBetweenWindowsIsNoGap() {
    assertThat(of(1_000, 1_010, 1_200, 1_210, 1_005, 1_190).apart()).isFalse();
  }

  @Test
  void oneOrTwoRepetitionsAreNoGroups() {
    assertThat(of(1_000).apart()).isFalse();
    assertThat(of(1_000).gap()).isEqualTo(1);
    assertThat(of(1_000, 2_000).apart()).isFalse();
    assertThat(of(1_000, 1_000, 1_000).apart()).as("all alike").isFalse();
  }

  @Test
  void aFigureTellsTheGroupsApartIfItNeverLiesInTheOtherOne() {
    RepetitionGroups groups =
        RepetitionGroups.of(
            List.of(
                repetition(1_000, 2.0, 5, 1.00),
                repetition(2_000, 1.0, 9, 1.01),
                repetition(1_050, 2.4, 8, 1.02),
                repetition(2_100, 1.2, 6, 1.03)));

    assertThat(groups.differences())
        .as("steal overlaps, and cost differs by too little")
        .containsExactly(new FigureDifference(Kind.BATCHES, "requests", 2.2, 1.1));
    assertThat(groups.differences().get(0).part()).isEqualTo(0.5);
  }

  @Test
  void kindsComeInTheirOrderAndTheLargestDifferenceFirst() {
    List<Figure> slow =
        List.of(
            new Figure(Kind.MACHINE, "major faults", 0),
            new Figure(Kind.BATCHES, "a little", 10),
            new Figure(Kind.BATCHES, "much", 10));
    List<Figure> fast =
        List.of(
            new Figure(Kind.MACHINE, "major faults", 3),
            new Figure(Kind.BATCHES, "a little", 12),
            new Figure(Kind.BATCHES, "much", 30));
    RepetitionGroups groups =
        RepetitionGroups.of(
            List.of(
                new Repetition(1_000, slow),
                new Repetition(2_000, fast),
                new Repetition(1_000, slow)));

    assertThat(groups.differences())
        .extracting(FigureDifference::name)
        .containsExactly("much", "a little", "major faults");
    assertThat(groups.differences().get(2).part()).as("of nothing and something").isEqualTo(1);
  }

  @Test
  void aFigureThatARepetitionLacksIsNotCompared() {
    RepetitionGroups groups =
        RepetitionGroups.of(
            List.of(
                repetition(1_000, 2.0, 5, 1),
                repetition(2_000, 1.0, 9, 1),
                new Repetition(1_050, List.of())));

    assertThat(groups.apart()).isTrue();
    assertThat(groups.differences()).isEmpty();
  }

  private static RepetitionGroups of(double... rates) {
    return RepetitionGroups.of(
        DoubleStream.of(rates).mapToObj(rate -> new Repetition(rate, List.of())).toList());
  }

  private static Repetition repetition(double rate, double requests, double steal, double cost) {
    return new Repetition(
        rate,
        List.of(
            new Figure(Kind.BATCHES, "requests", requests),
            new Figure(Kind.MACHINE, "steal", steal),
            new Figure(Kind.COST, "cost", cost)));
  }
}
