package io.doundo.examples.tenant;

import io.doundo.examples.Served;
import io.doundo.examples.external.Behaviour;
import io.doundo.examples.external.ExternalSystem;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates tenants. The simplest kind of worker: a method that does each step, and one that undoes
 * it. {@code create} is idempotent, so a call that is repeated after a crash does no harm; {@code
 * remove} goes by the flow, so it needs no result.
 */
@Served("tenantCreation")
@SagaWorker("tenantCreation")
class TenantWorker {

  record CreateRealm(String tenantName, @Nullable Behaviour behave) {}

  record Realm(String realmId) {}

  record CreateClient(String realmId, @Nullable Behaviour behave) {}

  record Client(String clientId) {}

  record AssignRoles(String clientId, @Nullable List<String> roles, @Nullable Behaviour behave) {}

  record Assignment(String assignmentId) {}

  private final ExternalSystem external;

  TenantWorker(ExternalSystem external) {
    this.external = external;
  }

  @Do("createRealm")
  Realm createRealm(CreateRealm request, StepContext step) throws InterruptedException {
    return new Realm(external.create("realm of " + request.tenantName(), request.behave(), step));
  }

  @Undo("createRealm")
  void deleteRealm(Undoing<CreateRealm, Realm> undoing, StepContext step)
      throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }

  @Do("createClient")
  Client createClient(CreateClient request, StepContext step) throws InterruptedException {
    return new Client(external.create("client in " + request.realmId(), request.behave(), step));
  }

  @Undo("createClient")
  void deleteClient(Undoing<CreateClient, Client> undoing, StepContext step)
      throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }

  @Do("assignRoles")
  Assignment assignRoles(AssignRoles request, StepContext step) throws InterruptedException {
    List<String> roles = request.roles() == null ? List.of("user") : request.roles();
    return new Assignment(
        external.create(roles + " for " + request.clientId(), request.behave(), step));
  }

  @Undo("assignRoles")
  void revokeRoles(Undoing<AssignRoles, Assignment> undoing, StepContext step)
      throws InterruptedException {
    external.remove(undoing.request().behave(), step);
  }
}
