package io.doundo.worker.autoconfigure;

import io.doundo.worker.fence.redis.UnsafeRedisException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to change when the fence must not be kept in this Redis. */
final class UnsafeRedisAnalyzer extends AbstractFailureAnalyzer<UnsafeRedisException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, UnsafeRedisException cause) {
    return new FailureAnalysis(
        "The saga worker does not start: " + cause.getMessage(), cause.fix(), cause);
  }
}
