package io.doundo.examples.onboarding;

import io.doundo.examples.Served;
import io.doundo.examples.external.ExternalSystem;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undoing;
import org.springframework.stereotype.Component;

/** Bound by the registration ({@code handlerClass}), not by annotations. */
@Served("userOnboarding")
@Component
class PreferencesHandler {

  record Preferences(String preferencesId) {}

  private final ExternalSystem external;

  PreferencesHandler(ExternalSystem external) {
    this.external = external;
  }

  Preferences setUp(OnboardingWorker.Newcomer newcomer, StepContext step)
      throws InterruptedException {
    return new Preferences(
        external.create("preferences of " + newcomer.userName(), newcomer.behave(), step));
  }

  void remove(Undoing<OnboardingWorker.Newcomer, Preferences> undoing, StepContext step)
      throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }
}
