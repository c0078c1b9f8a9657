package io.doundo.worker.delivery;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.http.IdempotencyKey;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepStorage;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.FenceUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The handler's view of its command. */
final class CommandContext implements StepContext, StepStorage {

  private static final long STATE_TIMEOUT_SECONDS = 10;

  private final Command command;
  private final FenceKey key;
  private final Lease lease;
  private final GuardedFence fence;
  private final JsonBinder json;
  private final boolean again;
  private volatile boolean unchanged;

  CommandContext(
      Command command,
      FenceKey key,
      Lease lease,
      GuardedFence fence,
      JsonBinder json,
      boolean again) {
    this.command = command;
    this.key = key;
    this.lease = lease;
    this.fence = fence;
    this.json = json;
    this.again = again;
  }

  @Override
  public <T extends @Nullable Object> T unchanged(T result) {
    if (!command.isDo()) {
      throw new IllegalStateException(
          "an UNDO of "
              + key.step()
              + " that finds nothing to undo returns; only a DO is unchanged");
    }
    unchanged = true;
    return result;
  }

  /** Whether the handler has reported that it did nothing. */
  boolean isUnchanged() {
    return unchanged;
  }

  private ReceivedCommand received() {
    return command.received();
  }

  @Override
  public String flowId() {
    return key.flowId();
  }

  @Override
  public String orchestration() {
    return key.orchestration();
  }

  @Override
  public String step() {
    return key.step();
  }

  @Override
  public int attempt() {
    return received().attempt();
  }

  @Override
  public int generation() {
    return received().generation();
  }

  @Override
  public boolean again() {
    return again;
  }

  @Override
  public Optional<Instant> deadline() {
    return Optional.ofNullable(received().deadline());
  }

  @Override
  public Map<String, String> headers() {
    try {
      return Json.scalars(Json.object(received().headers()));
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("the headers were read before", e);
    }
  }

  @Override
  public String idempotencyKey() {
    return command.isDo() ? doKeys().get(0) : keyOf(CommandAction.UNDO, received().generation());
  }

  @Override
  public List<String> doKeys() {
    return received().keys().stream().map(number -> keyOf(CommandAction.DO, number)).toList();
  }

  private String keyOf(CommandAction action, int number) {
    String life = key.incarnation() == null ? "flow " + key.flowId() : key.incarnation();
    return IdempotencyKey.of(life, key.orchestration(), key.step(), action, number);
  }

  @Override
  public boolean abandoned() {
    return lease.abandoned();
  }

  @Override
  public StepStorage storage() {
    return this;
  }

  @Override
  public <T> Optional<T> get(String name, Class<T> type) {
    RawJson note = await(asked -> asked.note(key, name));
    return note == null ? Optional.empty() : Optional.ofNullable(json.read(note, type));
  }

  @Override
  public void put(String name, Object value) {
    RawJson note = json.write(value);
    await(asked -> asked.keepNote(key, lease.token(), name, note));
  }

  @Override
  public void remove(String name) {
    await(asked -> asked.keepNote(key, lease.token(), name, null));
  }

  private <T> @Nullable T await(Function<Fence, CompletionStage<@Nullable T>> question) {
    try {
      return fence
          .once(question)
          .toCompletableFuture()
          .get(STATE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FenceUnavailableException("interrupted while reading the step's state", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new FenceUnavailableException("the step's state is unreachable", e);
    }
  }
}
