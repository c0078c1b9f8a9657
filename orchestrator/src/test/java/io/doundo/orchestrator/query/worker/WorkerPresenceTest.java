package io.doundo.orchestrator.query.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.DeclaredWorker;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.play.Presence.Attachment;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.tail.FlowFigures.Unanswered;
import io.doundo.orchestrator.query.worker.SeenGroups.Group;
import io.doundo.orchestrator.query.worker.SeenGroups.Member;
import io.doundo.orchestrator.query.worker.WorkerPage.Attached;
import io.doundo.orchestrator.query.worker.WorkerPage.WorkerRow;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.protocol.CommandAction;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is known of the workers of a step, and what must not be claimed. */
class WorkerPresenceTest {

  private static final Instant SEEN = Instant.parse("2026-01-02T03:04:05Z");
  private static final long NOW = SEEN.toEpochMilli() + 4_000;
  private static final String TOPIC = "orchestrator.order.pay.do";

  private final Orchestration order = TestDefinitions.chain("order", "pay");
  private OptionalLong lastAnswer = OptionalLong.empty();
  private final WorkerPresence presence =
      new WorkerPresence(
          new Definitions(new OneDefinition()), (orchestration, step, action) -> lastAnswer);

  private WorkerRow ofDo() {
    WorkerRow row = presence.page("order", NOW).workers().get(0);
    assertThat(row.topic()).isEqualTo(TOPIC);
    return row;
  }

  private static SeenGroups seen(boolean complete, Group... groups) {
    return new SeenGroups(
        SEEN,
        complete,
        complete ? null : "not permitted",
        groups.length == 0 ? Map.of() : Map.of(TOPIC, List.of(groups)));
  }

  private static Group group(int members) {
    return new Group(
        "realms",
        members == 0 ? "EMPTY" : "STABLE",
        Collections.nCopies(members, new Member("realms-1", "10.0.0.7")),
        12L);
  }

  @Test
  void beforeTheFirstLookNothingIsClaimed() {
    assertThat(ofDo().attached()).isEqualTo(Attached.UNKNOWN);
    assertThat(presence.presence("order", NOW).attachedTo(TOPIC)).isNull();
    assertThat(presence.page(null, NOW).complete()).isFalse();
  }

  @Test
  void aGroupWithMembersIsAttached() {
    presence.saw(seen(false, group(2)), List.of());

    assertThat(ofDo().attached()).isEqualTo(Attached.YES);
    assertThat(presence.presence("order", NOW).attachedTo(TOPIC))
        .isEqualTo(new Attachment(List.of("realms"), 2, 12));
  }

  @Test
  void aGroupWithoutMembersIsShownAndNotAttached() {
    presence.saw(seen(true, group(0)), List.of());

    assertThat(ofDo().attached()).isEqualTo(Attached.NO);
    assertThat(ofDo().groups()).extracting(Group::state).containsExactly("EMPTY");
    assertThat(presence.presence("order", NOW).attachedTo(TOPIC)).isEqualTo(Attachment.NOBODY);
  }

  @Test
  void aGroupThatIsJustBeingRebalancedMayBeAttached() {
    presence.saw(seen(true, new Group("realms", "PREPARING_REBALANCE", List.of(), 12L)), List.of());

    assertThat(ofDo().attached()).isEqualTo(Attached.UNKNOWN);
  }

  @Test
  void whatWasSeenLongAgoProvesNothing() {
    presence.saw(seen(true, group(2)), List.of());

    assertThat(presence.page("order", NOW + 120_000).workers().get(0).attached())
        .isEqualTo(Attached.UNKNOWN);
  }

  @Test
  void aGroupThatMayNotBeSeenMayBeThere() {
    presence.saw(seen(false), List.of());

    assertThat(ofDo().attached()).isEqualTo(Attached.UNKNOWN);
    assertThat(ofDo().declaredBy())
        .extracting(declared -> declared.service())
        .containsExactly("svc");
    assertThat(presence.page("order", NOW).note()).isEqualTo("not permitted");
  }

  @Test
  void aStepThatIsAnsweredHasAWorkerThatTheBrokerDoesNotKnow() {
    presence.saw(seen(true), List.of());
    lastAnswer = OptionalLong.of(NOW - 1_000);
    assertThat(ofDo().attached()).isEqualTo(Attached.UNKNOWN);

    lastAnswer = OptionalLong.of(NOW - 120_000);
    assertThat(ofDo().attached()).isEqualTo(Attached.NO);
    assertThat(ofDo().lastAnswerAt()).isEqualTo(Instant.ofEpochMilli(NOW - 120_000));
  }

  @Test
  void theOldestUnansweredCommandIsThatOfTheSameDirection() {
    presence.saw(
        seen(true), List.of(new Unanswered("order", "pay", CommandAction.UNDO, NOW - 9_000)));

    List<WorkerRow> rows = presence.page("order", NOW).workers();
    assertThat(rows)
        .extracting(WorkerRow::action)
        .containsExactly(CommandAction.DO, CommandAction.UNDO);
    assertThat(rows.get(0).oldestUnansweredAt()).isNull();
    assertThat(rows.get(1).oldestUnansweredAt()).isEqualTo(Instant.ofEpochMilli(NOW - 9_000));
    assertThat(presence.page("order", NOW).lagMs()).isEqualTo(4_000);
  }

  private final class OneDefinition implements DefinitionReader {

    @Override
    public List<String> names() {
      return List.of("order");
    }

    @Override
    public DefinitionHistory history(String name) {
      return DefinitionHistory.EMPTY.with(order.id().hash(), 1, null);
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      return Optional.of(order);
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return new WorkerDeclarations(List.of(new DeclaredWorker("svc", List.of("pay"), 1)));
    }
  }
}
