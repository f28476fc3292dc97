/* training.h - a training as an object: epoch by epoch, on files or on arrays in memory. Several
 * may exist at once, also on one data set, each in a thread of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAINING_H
#define LFADS_TRAINING_H
#include <lfads/config.h>
#include <lfads/data.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lfads_training;

/* Creates a training with the flags of CONFIG, which is copied, as lfads_train does: flags that
 * --preset=auto chooses are chosen, and CALLBACKS (may be NULL; copied) get the lines. DATA: the
 * sessions; NULL: the files that flags name. With flag lfads_save_dir the training writes all that
 * lfads_train writes, locks the directory, and continues from its checkpoint if it has one. If that
 * flag was not set in CONFIG (or to ""), nothing is written to disk; the parameters of lowest
 * validation cost are kept in memory. DATA and the callbacks' payload must outlive the training.
 * Trainings on one DATA whose flags read it alike share in memory what they have read. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_training_create(struct lfads_training **out, const struct lfads_config *config,
                      const struct lfads_data *data, const struct lfads_callbacks *callbacks,
                      struct lfads_error *err);
/* Writes nothing: what was not saved is lost. */
LFADS_API void lfads_training_free(struct lfads_training *training);

/* Trains to the end of the epoch, with validation, learning rate, and what is written at its end.
 * If the stop callback asks for it, saves, if there is a save directory, and fails with
 * LFADS_INTERRUPTED; the next call goes on within the epoch. After any other failure the training
 * can only be freed. Trains another epoch, too, if the training is over. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_training_epoch(struct lfads_training *training,
                                                               struct lfads_error *err);
/* Trains to the end: until --max_epochs, a low learning rate or --early_stop_patience, as
 * lfads_train does; saves, and warns of what makes the result doubtful. Fails as
 * lfads_training_epoch. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_training_run(struct lfads_training *training,
                                                             struct lfads_error *err);
/* Writes a checkpoint, as training does at its end. DIRECTORY NULL: into the save directory, which
 * there must be. Else into DIRECTORY, which is made if it does not exist and must have no
 * checkpoint: the table of costs, the latest parameters and, of a training without a save
 * directory, those of lowest validation cost; all commands, and lfads_model_open, can use it. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_training_save(struct lfads_training *training,
                                                              const char *directory,
                                                              struct lfads_error *err);

struct lfads_training_state {
    size_t size;         /* set by the caller: sizeof(struct lfads_training_state) */
    int64_t epoch, step; /* epochs and updates done */
    double learning_rate;
    bool is_over;    /* --max_epochs, the learning rate or --early_stop_patience end the training */
    uint64_t seed;   /* of all random numbers */
    size_t sessions; /* of the data */
    size_t train_trials, valid_trials; /* of all sessions */
};
/* Sets STATE, as far as its size goes. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_training_get_state(const struct lfads_training *training, struct lfads_training_state *state,
                         struct lfads_error *err);
/* Returns costs and scores of the last epoch that TRAINING has trained, NULL before that. They
 * belong to the training and are valid until its next epoch. */
LFADS_API const struct lfads_epoch *lfads_training_last(const struct lfads_training *training);

/* Returns the value of a flag, chosen ones included; NULL if there is no such flag. The text is
 * valid until the next call with TRAINING. */
LFADS_API const char *lfads_training_get(struct lfads_training *training, const char *name);
/* Sets a flag of group "training", for the epochs to come: dropout, ramps, penalties, weights of
 * the divergences, clipping, learning rates, --max_epochs ... learning_rate_init sets the learning
 * rate now. Fails, and changes nothing, within an epoch, and for a flag that shapes the data, the
 * batches or the parameters. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_training_set(struct lfads_training *training,
                                                             const char *name, const char *value,
                                                             struct lfads_error *err);

/* A parameter of a model: a matrix of floats [rows,columns], in C order. */
struct lfads_parameter {
    size_t size;      /* set by the caller: sizeof(struct lfads_parameter) */
    const char *name; /* as in the original's checkpoints; belongs to the training or model */
    size_t rows, columns;
    bool is_trained;
};
/* The parameters of a training: how many, what number INDEX is, its values now, other values.
 * COUNT: rows times columns. Setting leaves the optimizer's moments as they are; it fails for a
 * number that is not finite. */
LFADS_API size_t lfads_training_parameters(const struct lfads_training *training);
LFADS_API LFADS_CHECKED enum lfads_status
lfads_training_parameter(const struct lfads_training *training, size_t index,
                         struct lfads_parameter *out, struct lfads_error *err);
LFADS_API LFADS_CHECKED enum lfads_status
lfads_training_get_parameter(const struct lfads_training *training, const char *name, float *values,
                             size_t count, struct lfads_error *err);
LFADS_API LFADS_CHECKED enum lfads_status
lfads_training_set_parameter(struct lfads_training *training, const char *name, const float *values,
                             size_t count, struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
