package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.LimitExceededException;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionTest {
    @TempDir Path folder;

    @Test
    void shouldBeReadHoweverManyViewsUsersHave() {
        StateConfig config = StateConfig.at(folder.resolve("model")).withTables(Definition.TABLE);
        List<StateView> ofUsers = new ArrayList<>();
        try (StateEnvironment environment = StateEnvironment.open(config)) {
            assertThrows(
                    LimitExceededException.class,
                    () -> {
                        while (true) {
                            ofUsers.add(environment.view());
                        }
                    });
            assertEquals(
                    new Definition.Kept(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            -1),
                    Definition.read(environment));
            ofUsers.forEach(StateView::close);
        }
    }
}
