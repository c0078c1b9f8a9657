package io.doundo.worker.binding;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Return types that represent unfinished work. A step answered with one would count as done too
 * early, or even if the work fails.
 */
public final class AsyncTypes {

  /** Types of libraries that are not on this class path; subtypes count. */
  private static final Set<String> NAMES =
      Set.of(
          "org.reactivestreams.Publisher",
          "kotlinx.coroutines.Job",
          "kotlinx.coroutines.flow.Flow",
          "scala.concurrent.Future",
          "io.vavr.concurrent.Future",
          "org.springframework.web.context.request.async.DeferredResult",
          "org.springframework.web.context.request.async.WebAsyncTask");

  private static final Set<String> PACKAGES =
      Set.of("reactor.core.publisher.", "io.reactivex.", "io.smallrye.mutiny.");

  private AsyncTypes() {}

  /** Whether values of this type stand for work that is not done yet. */
  static boolean isPromise(Class<?> type) {
    return isWaitedFor(type)
        || Callable.class.isAssignableFrom(type)
        || Runnable.class.isAssignableFrom(type)
        || Supplier.class.isAssignableFrom(type)
        || Flow.Publisher.class.isAssignableFrom(type)
        || isNamed(type)
        || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
  }

  private static boolean isWaitedFor(Class<?> type) {
    return Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type);
  }

  private static boolean isNamed(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      if (isOfNamed(each)) {
        return true;
      }
    }
    for (Class<?> each : ClassUtils.getAllInterfacesForClass(type)) {
      if (isOfNamed(each)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfNamed(Class<?> type) {
    return NAMES.contains(type.getName())
        || PACKAGES.stream().anyMatch(prefix -> type.getName().startsWith(prefix));
  }

  /**
   * The value a handler returned, once it is there: a future that hides behind a return type such
   * as {@code Object} is waited for.
   *
   * @throws UnfinishedWorkException when it is another kind of promise
   * @throws Throwable what the work failed with
   */
  public static @Nullable Object settled(@Nullable Object returned) throws Throwable {
    Object value = returned;
    while (value != null && isWaitedFor(value.getClass())) {
      Future<?> future =
          value instanceof CompletionStage<?> stage
              ? stage.toCompletableFuture()
              : (Future<?>) value;
      try {
        value = future.get();
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        throw cause == null ? e : cause;
      }
    }
    if (value != null && isPromise(value.getClass())) {
      throw new UnfinishedWorkException(
          "it returned a %s, which represents work that has not been awaited"
              .formatted(value.getClass().getName()));
    }
    return value;
  }
}
