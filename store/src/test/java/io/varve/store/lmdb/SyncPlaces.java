package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Makes a file of syncs that was copied one of the data file beside it. */
public final class SyncPlaces {
    private SyncPlaces() {}

    /**
     * Says of each whole slot that it is of this very file.
     *
     * @param folder of an environment
     * @param sameBoot whether it is of this run of the machine, too, or of another
     */
    public static void move(Path folder, boolean sameBoot) throws IOException {
        Path file = folder.resolve(SyncFile.NAME);
        Place here = Place.of(folder.resolve(DataFile.NAME));
        Place place = sameBoot ? here : new Place(here.inode(), here.device(), "another-boot");
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at + SyncState.BYTES <= bytes.length; at += SyncFile.SECOND) {
            byte[] slot = Arrays.copyOfRange(bytes, at, at + SyncState.BYTES);
            int where = at;
            SyncState.decode(slot)
                    .map(state -> moved(state, place).encode())
                    .ifPresent(moved -> System.arraycopy(moved, 0, bytes, where, SyncState.BYTES));
        }
        Files.write(file, bytes);
    }

    private static SyncState moved(SyncState state, Place place) {
        return new SyncState(
                state.sequence(),
                state.use(),
                state.transaction(),
                place,
                state.timeMillis(),
                state.tag(),
                state.meta(),
                state.sum());
    }
}
