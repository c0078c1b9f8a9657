package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.registration.RegistrationSettings.PartitionLimits;
import org.junit.jupiter.api.Test;

class TopicBudgetTest {

  @Test
  void ordinaryRegistrationsCostNothingWorthMentioning() {
    TopicBudget budget = new TopicBudget(8, 40, 12, PartitionLimits.STANDARD);

    assertThat(budget.refusal()).isNull();
    assertThat(budget.warning()).isNull();
  }

  @Test
  void aLargeOneIsAcceptedWithItsCost() {
    TopicBudget budget = new TopicBudget(400, 0, 12, PartitionLimits.STANDARD);

    assertThat(budget.refusal()).isNull();
    assertThat(budget.warning()).startsWith("the steps need 400 new topics with 4,800 partitions");
  }

  @Test
  void tenLargeOnesInOneRecordAreRefusedWithTheirCostAndAWayOut() {
    assertThat(new TopicBudget(4_000, 0, 12, PartitionLimits.STANDARD).refusal())
        .contains(
            "4,000 new topics with 48,000 partitions",
            "at most 5,000 partitions",
            "doundo.step-topics.max-partitions-per-registration");
  }

  @Test
  void oneMoreThanTheInstallationBearsIsRefused() {
    assertThat(new TopicBudget(400, 1_200, 12, PartitionLimits.STANDARD).refusal()).isNull();
    assertThat(new TopicBudget(400, 1_600, 12, PartitionLimits.STANDARD).refusal())
        .contains("24,000 partitions", "at most 20,000", "doundo.step-topics.max-partitions)");
  }

  @Test
  void whatIsThereAlreadyIsNeverRefused() {
    assertThat(new TopicBudget(0, 100_000, 12, PartitionLimits.STANDARD).refusal()).isNull();
  }

  @Test
  void hugeCountsDoNotOverflow() {
    assertThat(new TopicBudget(Integer.MAX_VALUE, 0, 1_000, PartitionLimits.STANDARD).refusal())
        .isNotNull();
  }
}
