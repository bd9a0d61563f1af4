package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process dies while it looks at other times: the next start finds all as it was. */
class KilledTravelTest extends LedgerTestBase {
    @Test
    void shouldLeaveNothingThatMatters() throws Exception {
        dieAt("verify");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"asOf", "whatIf", "explain"})
    void shouldLeaveNothingThatMattersElsewhere(String action) throws Exception {
        dieAt(action);
    }

    /** With a view as of a position, and events that did not happen, open beside it. */
    private void dieAt(String action) throws Exception {
        append(200);
        store.close();
        try (ChildJvm child = new ChildJvm(TravellingChild.class, folder, action)) {
            assertEquals(7, child.exitCode());
        }
        store = EventStore.open(folder.resolve("log"));
        assertEquals(199, store.head());
        assertTrue(Files.exists(overlays()));
        ProjectionRuntime runtime = ledger();
        assertFalse(Files.exists(overlays()));
        appendAndWait(runtime, 50);
        assertAsOf(travel(runtime), 249);
        assertTrue(travel(runtime).verify().isSound());
    }
}
