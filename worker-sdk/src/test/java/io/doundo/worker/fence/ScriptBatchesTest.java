package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.worker.fence.ScriptBatches.ScriptCall;
import io.doundo.worker.fence.redis.UnusableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What leaves when, with a Redis whose replies the test gives. */
@SuppressWarnings("FutureReturnValueIgnored") // Where the answer does not matter.
class ScriptBatchesTest {

  private final FenceUnavailableException down = new FenceUnavailableException("it is down", null);

  /** The records of each batch that was sent, and where its replies are awaited. */
  private record Sent(List<String> records, CompletableFuture<List<Object>> replies) {}

  private final List<Sent> batches = new ArrayList<>();
  private final List<String> alone = new ArrayList<>();
  private final List<CompletableFuture<String>> decisions = new ArrayList<>();
  private boolean away;

  /** If not null, how every script of a single transition ends at once. */
  private @Nullable RuntimeException failsAtOnce;

  /** If not null, it is thrown instead of sending anything. */
  private @Nullable Error broken;

  private final ScriptBatches asked =
      new ScriptBatches(this::send, () -> away, bytes("mark"), List.of(bytes("setting")), false);

  private CompletableFuture<List<Object>> send(byte[][] keys, byte[][] arguments) {
    List<String> texts = Arrays.stream(keys).map(ScriptBatchesTest::text).toList();
    assertThat(texts.get(0)).isEqualTo("mark");
    assertThat(Arrays.stream(arguments).map(ScriptBatchesTest::text))
        .startsWith("setting")
        .endsWith("of " + texts.get(texts.size() - 1))
        .hasSize(2 * keys.length - 1);
    if (broken != null) {
      throw broken;
    }
    Sent sent = new Sent(texts.subList(1, texts.size()), new CompletableFuture<>());
    batches.add(sent);
    return sent.replies();
  }

  private CompletableFuture<String> ask(String record) {
    return asked
        .ask(
            new ScriptCall<String>(
                bytes(record),
                List.of(bytes("name"), bytes("of " + record)),
                reply -> "batch: " + reply,
                () -> ownScript(record)))
        .toCompletableFuture();
  }

  private CompletableFuture<String> ownScript(String record) {
    alone.add(record);
    if (broken != null) {
      throw broken;
    }
    CompletableFuture<String> decision = new CompletableFuture<>();
    if (failsAtOnce != null) {
      decision.completeExceptionally(failsAtOnce);
    }
    decisions.add(decision);
    return decision;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void oneCall_leavesAtOnce_asItsOwnScript() {
    CompletableFuture<String> one = ask("one");
    assertThat(alone).containsExactly("one");
    decisions.get(0).complete("run");
    assertThat(one).isCompletedWithValue("run");

    ask("two");
    assertThat(alone).containsExactly("one", "two");
    assertThat(batches).isEmpty();
  }

  @Test
  void whatComesMeanwhile_leavesTogether_andEachGetsItsReply() {
    ask("one");
    CompletableFuture<String> two = ask("two");
    CompletableFuture<String> three = ask("three");
    assertThat(batches).isEmpty();

    decisions.get(0).complete("run");
    assertThat(batches).hasSize(1);
    assertThat(batches.get(0).records()).containsExactly("two", "three");
    CompletableFuture<String> four = ask("four");
    assertThat(batches).hasSize(1);

    batches.get(0).replies().complete(List.of("2", "3"));
    assertThat(two).isCompletedWithValue("batch: 2");
    assertThat(three).isCompletedWithValue("batch: 3");
    assertThat(alone).containsExactly("one", "four");
    decisions.get(1).complete("run");
    assertThat(four).isCompletedWithValue("run");
  }

  @Test
  void theNextCall_leavesBeforeTheAnswersOfTheLastAreGiven() {
    CompletableFuture<String> one = ask("one");
    ask("two");
    ask("three");
    List<Integer> sentBefore = new ArrayList<>();
    CompletableFuture<Void> unused = one.thenAccept(decision -> sentBefore.add(batches.size()));
    decisions.get(0).complete("run");
    assertThat(sentBefore).containsExactly(1);
  }

  @Test
  void aBatch_hasAtMost256() {
    ask("one");
    IntStream.range(0, 300).forEach(i -> ask("f-" + i));
    decisions.get(0).complete("run");
    assertThat(batches.get(0).records()).hasSize(256).contains("f-0", "f-255");
    batches.get(0).replies().completeExceptionally(new IllegalStateException("unexpected"));
    assertThat(batches.get(1).records()).hasSize(44).contains("f-256", "f-299");
  }

  @Test
  void anotherCase_isDecidedByItsOwnScript_andTheOthersDoNotWaitForIt() {
    ask("one");
    CompletableFuture<String> two = ask("two");
    CompletableFuture<String> three = ask("three");
    decisions.get(0).complete("run");
    batches.get(0).replies().complete(Arrays.asList(null, "3"));

    assertThat(three).isCompletedWithValue("batch: 3");
    assertThat(alone).containsExactly("one", "two");
    decisions.get(1).complete("wait");
    assertThat(two).isCompletedWithValue("wait");
  }

  @Test
  void aBatchThatFailsForAnUnknownReason_isAskedOneByOne() {
    ask("one");
    CompletableFuture<String> two = ask("two");
    CompletableFuture<String> three = ask("three");
    decisions.get(0).complete("run");
    batches.get(0).replies().completeExceptionally(new UnusableRecordException("mark", down));

    assertThat(alone).containsExactly("one", "two", "three");
    decisions.get(1).complete("run");
    decisions.get(2).completeExceptionally(new UnusableRecordException("three", down));
    assertThat(two).isCompletedWithValue("run");
    assertThatThrownBy(three::join)
        .hasCauseInstanceOf(UnusableRecordException.class)
        .hasMessageContaining("three");
  }

  @Test
  void aRedisThatIsDown_failsTheBatch_andWhatWaitedLeavesAtOnce() {
    ask("one");
    CompletableFuture<String> two = ask("two");
    CompletableFuture<String> three = ask("three");
    decisions.get(0).complete("run");
    ask("four");
    ask("five");
    batches.get(0).replies().completeExceptionally(down);

    assertThatThrownBy(two::join).hasCause(down);
    assertThatThrownBy(three::join).hasCause(down);
    assertThat(alone)
        .as("nothing waits behind another timeout")
        .containsExactly("one", "four", "five");
    assertThat(batches).hasSize(1);

    ask("six");
    assertThat(alone).endsWith("six");
  }

  @Test
  void whileTheConnectionIsLost_nothingWaits() {
    ask("one");
    away = true;
    ask("two");
    assertThat(alone).containsExactly("one", "two");
    away = false;
    ask("three");
    assertThat(alone).hasSize(2);
    decisions.get(0).complete("run");
    assertThat(alone).containsExactly("one", "two", "three");
  }

  @Test
  void failuresAtOnce_ofThousands_takeNoStackEach() {
    ask("one");
    List<CompletableFuture<String>> waiting =
        IntStream.range(0, 20_000).mapToObj(i -> ask("f-" + i)).toList();
    failsAtOnce = down;
    decisions.get(0).completeExceptionally(down);
    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    ask("last");
    assertThat(alone).endsWith("last");
  }

  @Test
  void anErrorOfACall_failsItsAnswer_andTheNextOneLeaves() {
    broken = new NoClassDefFoundError("a class of the client");
    CompletableFuture<String> one = ask("one");
    assertThatThrownBy(one::join).hasCause(broken);
    broken = null;

    CompletableFuture<String> two = ask("two");
    decisions.get(0).complete("run");
    assertThat(two).isCompletedWithValue("run");
  }

  @Test
  void anErrorOfABatch_failsItsAnswers_andTheNextOneLeaves() {
    ask("one");
    CompletableFuture<String> two = ask("two");
    CompletableFuture<String> three = ask("three");
    broken = new NoClassDefFoundError("a class of the client");
    decisions.get(0).complete("run");
    assertThatThrownBy(two::join).hasCause(broken);
    assertThatThrownBy(three::join).hasCause(broken);
    broken = null;

    CompletableFuture<String> four = ask("four");
    decisions.get(1).complete("run");
    assertThat(four).isCompletedWithValue("run");
  }

  @Test
  void anErrorOfTheOwnScriptThatABatchLeavesItTo_isTheTroubleOfItsCallOnly() {
    ask("one");
    CompletableFuture<String> two = ask("two");
    CompletableFuture<String> three = ask("three");
    decisions.get(0).complete("run");
    broken = new NoClassDefFoundError("a class of the client");
    batches.get(0).replies().complete(Arrays.asList(null, "3"));
    assertThatThrownBy(two::join).hasCause(broken);
    assertThat(three).isCompletedWithValue("batch: 3");
  }

  @Test
  void aReplyThatCannotBeReadByAnError_isTheTroubleOfItsCallOnly() {
    ask("one");
    CompletableFuture<String> two =
        asked
            .ask(
                new ScriptCall<String>(
                    bytes("two"),
                    List.of(bytes("name"), bytes("of two")),
                    reply -> {
                      throw new NoClassDefFoundError("not " + reply);
                    },
                    () -> ownScript("two")))
            .toCompletableFuture();
    CompletableFuture<String> three = ask("three");
    decisions.get(0).complete("run");
    batches.get(0).replies().complete(List.of("2", "3"));
    assertThatThrownBy(two::join).hasMessageContaining("not 2");
    assertThat(three).isCompletedWithValue("batch: 3");
  }

  @Test
  void aReplyThatCannotBeRead_isTheTroubleOfItsCallOnly() {
    ask("one");
    CompletableFuture<String> two =
        asked
            .ask(
                new ScriptCall<String>(
                    bytes("two"),
                    List.of(bytes("name"), bytes("of two")),
                    reply -> {
                      throw new IllegalStateException("not " + reply);
                    },
                    () -> ownScript("two")))
            .toCompletableFuture();
    CompletableFuture<String> three = ask("three");
    decisions.get(0).complete("run");
    batches.get(0).replies().complete(List.of("2", "3"));
    assertThatThrownBy(two::join).hasMessageContaining("not 2");
    assertThat(three).isCompletedWithValue("batch: 3");
  }
}
