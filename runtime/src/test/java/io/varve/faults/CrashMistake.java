package io.varve.faults;

import io.varve.faults.RecordedCall.Kind;
import java.util.ArrayList;
import java.util.List;

/** A deliberate mistake in a record, as if the product had left something out. */
enum CrashMistake {
    /** The log's data is not brought to the disk before its meta page. */
    LOG_NOT_SYNCED {
        @Override
        boolean leavesOut(RecordedCall call, String path) {
            return call.kind() == Kind.SYNC && path.equals("store/log/data.mdb");
        }
    },
    /** Nobody waits for the log's meta page. */
    META_NOT_THROUGH {
        @Override
        boolean leavesOut(RecordedCall call, String path) {
            return call.through() && path.equals("store/log/data.mdb");
        }
    },
    /** Names are not brought to the disk. */
    FOLDERS_NOT_SYNCED {
        @Override
        boolean leavesOut(RecordedCall call, String path) {
            return call.kind() == Kind.SYNC && path.isEmpty();
        }
    },
    /** What takes the place of another file is not brought to the disk before it does. */
    NEW_FILES_NOT_SYNCED {
        @Override
        boolean leavesOut(RecordedCall call, String path) {
            return call.kind() == Kind.SYNC && path.endsWith(".new");
        }
    },
    /** The rows of a read model are not brought to the disk before its file of syncs says so. */
    MODELS_NOT_SYNCED {
        @Override
        boolean leavesOut(RecordedCall call, String path) {
            return call.kind() == Kind.SYNC && path.matches("models/.*/data.mdb");
        }
    },
    /** A backup appears before what is in it is on the disk. */
    BACKUPS_NOT_SYNCED {
        @Override
        boolean leavesOut(RecordedCall call, String path) {
            return call.kind() == Kind.SYNC && path.startsWith("backups/");
        }
    };

    abstract boolean leavesOut(RecordedCall call, String path);

    /** The same run with this mistake. */
    RecordedRun in(RecordedRun run) {
        CrashDisk disk = new CrashDisk(run.inode());
        List<RecordedCall> calls = new ArrayList<>();
        for (RecordedCall call : run.calls()) {
            disk.apply(call);
            boolean out = leavesOut(call, disk.path(call));
            if (!out) {
                calls.add(call);
            } else if (call.kind() == Kind.WRITE) {
                calls.add(call.notThrough());
            }
        }
        return new RecordedRun(run.seed(), run.async(), run.folder(), run.inode(), calls);
    }
}
