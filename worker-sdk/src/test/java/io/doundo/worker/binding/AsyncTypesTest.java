package io.doundo.worker.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.worker.StepFailedException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * A future behind a return type that does not declare it is awaited, or distinguished from a value.
 */
class AsyncTypesTest {

  @Test
  void aFutureIsWaitedFor() throws Throwable {
    CompletableFuture<Object> nested =
        CompletableFuture.completedFuture(CompletableFuture.completedFuture("made"));
    FutureTask<String> task = new FutureTask<>(() -> "done");
    task.run();

    assertThat(AsyncTypes.settled(nested)).isEqualTo("made");
    assertThat(AsyncTypes.settled(task)).isEqualTo("done");
    assertThat(AsyncTypes.settled("value")).isEqualTo("value");
    assertThat(AsyncTypes.settled(null)).isNull();
  }

  @Test
  void theExceptionOfTheWorkIsRethrownUnchanged() {
    StepFailedException failure = new StepFailedException("declined");

    assertThatThrownBy(() -> AsyncTypes.settled(CompletableFuture.failedFuture(failure)))
        .isSameAs(failure);
  }

  @Test
  void whatCannotBeWaitedForIsNoValue() {
    Callable<String> callable = () -> "made";

    assertThatThrownBy(() -> AsyncTypes.settled(callable))
        .isInstanceOf(UnfinishedWorkException.class)
        .hasMessageContaining("has not been awaited");
  }
}
