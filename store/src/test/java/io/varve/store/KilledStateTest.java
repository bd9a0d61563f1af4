package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keyed state whose process is killed with -9: what was committed is there, synced or not. */
@Timeout(120)
class KilledStateTest {
    @TempDir Path folder;

    @Test
    void shouldKeepWhatWasCommittedBeforeTheProcessWasKilled() throws Exception {
        killAndLook(1, 260);
    }

    @Test
    @Tag("long")
    void shouldKeepWhatWasCommittedBeforeItWasKilledManyTimes() throws Exception {
        SplittableRandom random = new SplittableRandom();
        killAndLook(random.ints(12, 1, 300).toArray());
    }

    private void killAndLook(int... commits) throws InterruptedException {
        long next = 0;
        for (int lines : commits) {
            long last = killedAfter(lines, next);
            try (StateEnvironment left = StateEnvironment.open(StateChild.config(folder));
                    StateView view = left.view()) {
                long position = view.checkpoint().orElseThrow().position();
                assertTrue(position >= last, position + " of " + last);
                assertEquals(Math.min(101, position + 1), view.table(StateChild.TABLE).count());
                BytesView value = new BytesView();
                for (long at = Math.max(0, position - 100); at <= position; at++) {
                    assertTrue(view.table(StateChild.TABLE).get(StateChild.key(at), value));
                    assertEquals(Long.toString(at), value.getUtf8(0, value.length()));
                }
                next = position + 1;
            }
        }
    }

    private long killedAfter(int lines, long next) throws InterruptedException {
        try (ChildJvm child = new ChildJvm(StateChild.class, folder, next)) {
            String line = "";
            for (int i = 0; i < lines; i++) {
                line = child.line();
            }
            child.kill();
            List<String> rest = child.lines().stream().filter(l -> l.endsWith(".")).toList();
            String last = rest.isEmpty() ? line : rest.get(rest.size() - 1);
            return Long.parseLong(last.replace(".", ""));
        }
    }
}
