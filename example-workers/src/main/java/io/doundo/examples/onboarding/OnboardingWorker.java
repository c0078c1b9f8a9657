package io.doundo.examples.onboarding;

import io.doundo.examples.Served;
import io.doundo.examples.external.Behaviour;
import io.doundo.examples.external.ExternalSystem;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Onboards users; its steps run at the same time, so none sees another's result. The preferences
 * are served by {@link PreferencesHandler}, which the registration names.
 */
@Served("userOnboarding")
@SagaWorker("userOnboarding")
class OnboardingWorker {

  record Newcomer(String userName, @Nullable String email, @Nullable Behaviour behave) {}

  record Profile(String profileId) {}

  record Mail(String messageId) {}

  record Role(String roleId) {}

  private static final String MESSAGE = "message";

  private final ExternalSystem external;

  OnboardingWorker(ExternalSystem external) {
    this.external = external;
  }

  @Do("createUserProfile")
  Profile createProfile(Newcomer newcomer, StepContext step) throws InterruptedException {
    return new Profile(
        external.create("profile of " + newcomer.userName(), newcomer.behave(), step));
  }

  @Undo("createUserProfile")
  void deleteProfile(Undoing<Newcomer, Profile> undoing, StepContext step)
      throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }

  /** Without an UNDO: an e-mail cannot be unsent. */
  @Do("sendWelcomeEmail")
  Mail welcome(Newcomer newcomer, StepContext step) throws InterruptedException {
    String email = newcomer.email();
    if (email != null && !email.contains("@")) {
      throw new StepFailedException("\"" + email + "\" is not an e-mail address");
    }
    // All attempts send the same message, so that a mail server can tell.
    String message = step.storage().get(MESSAGE, String.class).orElse(null);
    if (message == null) {
      message = UUID.randomUUID().toString();
      step.storage().put(MESSAGE, message);
    }
    external.create("welcome to " + newcomer.userName(), newcomer.behave(), step);
    return new Mail(message);
  }

  @Do("assignDefaultRole")
  Role assignRole(Newcomer newcomer, StepContext step) throws InterruptedException {
    return new Role(external.create("user role", newcomer.behave(), step));
  }

  @Undo("assignDefaultRole")
  void revokeRole(Undoing<Newcomer, Role> undoing, StepContext step) throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }
}
