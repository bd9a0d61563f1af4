package io.varve.store;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file beside the index that says: it was found damaged, and is to be built again when the store
 * is opened next, or in the same opening. Damage is met by who reads a row or writes into a page,
 * mostly long after the opening.
 */
final class IndexDamage {
    private static final String NAME = "damaged";

    private IndexDamage() {}

    /** Notes it; where that is not possible, the error that follows says what to do. */
    static void note(Path index) {
        try {
            Files.createFile(index.resolve(NAME));
        } catch (FileAlreadyExistsException e) {
            return; // it is known
        } catch (IOException e) {
            Logs.of(IndexDamage.class)
                    .log(Level.WARNING, "An index could not be marked as damaged: " + index, e);
        }
    }

    /**
     * The index lacks what it should have, or has it wrong, and each of its rows may be sound.
     *
     * @param what does not fit the log
     * @return to be thrown
     */
    static StoreCorruptedException met(Path index, String what) {
        note(index);
        return new StoreCorruptedException(what, IndexTable.REMEDY);
    }

    static boolean isNoted(Path index) {
        return Files.exists(index.resolve(NAME));
    }

    /** There is another index now. */
    static void forget(Path index) throws IOException {
        Files.deleteIfExists(index.resolve(NAME));
    }
}
