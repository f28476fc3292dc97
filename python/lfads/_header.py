"""What ctypes has to know of the library. Written by declare.py from the public headers.
SPDX-License-Identifier: Apache-2.0"""
from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char, c_char_p, c_double, c_float, c_int,
                    c_int64, c_size_t, c_ssize_t, c_uint64, c_void_p)

VERSION = "0.1.0"
# lfads_status
LFADS_OK = 0
LFADS_USAGE = 1
LFADS_BAD_DATA = 2
LFADS_IO = 3
LFADS_NO_MEMORY = 4
LFADS_INTERRUPTED = 5
LFADS_NUMERIC = 6
# lfads_flags_of
LFADS_FLAGS_RUN = 0
LFADS_FLAGS_TUNE = 1
LFADS_FLAGS_SYNTH = 2
LFADS_FLAGS_PREPARE = 3
# lfads_flag_type
LFADS_FLAG_TEXT = 0
LFADS_FLAG_TRUTH = 1
LFADS_FLAG_INTEGER = 2
LFADS_FLAG_REAL = 3
# lfads_number
LFADS_FLOAT32 = 0
LFADS_FLOAT64 = 1
LFADS_INT64 = 2
LFADS_INT32 = 3
LFADS_INT16 = 4
LFADS_INT8 = 5
LFADS_UINT64 = 6
LFADS_UINT32 = 7
LFADS_UINT16 = 8
LFADS_UINT8 = 9
LFADS_BOOL = 10
# lfads_keep
LFADS_COPY = 0
LFADS_BORROW = 1
# lfads_which
LFADS_LATEST = 0
LFADS_LOWEST = 1


class lfads_error(Structure):
    _fields_ = [
        ("status", c_int),
        ("text", c_char * 1024),
    ]


class lfads_costs(Structure):
    _fields_ = [
        ("total", c_double),
        ("recon", c_double),
        ("kl", c_double),
        ("l2", c_double),
        ("corr", c_double),
    ]


class lfads_epoch(Structure):
    _fields_ = [
        ("epoch", c_int64),
        ("step", c_int64),
        ("learning_rate", c_double),
        ("gradient_norm", c_double),
        ("seconds", c_double),
        ("kl_weight", c_double),
        ("l2_weight", c_double),
        ("train", lfads_costs),
        ("has_valid", c_bool),
        ("valid", lfads_costs),
        ("recon_sv", c_double),
        ("co_bps", c_double),
        ("fp_bps", c_double),
    ]


class lfads_progress(Structure):
    _fields_ = [
        ("what", c_char_p),
        ("share", c_double),
        ("epoch", c_int64),
        ("step", c_int64),
        ("trials_per_second", c_double),
        ("learning_rate", c_double),
        ("seconds", c_double),
        ("ended", POINTER(lfads_epoch)),
    ]


class lfads_callbacks(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("payload", c_void_p),
        ("line", CFUNCTYPE(None, c_void_p, c_char_p)),
        ("warn", CFUNCTYPE(None, c_void_p, c_char_p)),
        ("progress", CFUNCTYPE(None, c_void_p, POINTER(lfads_progress))),
        ("stop", CFUNCTYPE(c_bool, c_void_p)),
    ]


class lfads_flag(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("type", c_int),
        ("group", c_char_p),
        ("standard", c_char_p),
        ("choices", c_char_p),
        ("min", c_double),
        ("max", c_double),
        ("is_open", c_bool),
        ("help", c_char_p),
        ("takes_all", c_bool),
        ("is_of_original", c_bool),
    ]


class lfads_array(Structure):
    _fields_ = [
        ("type", c_int),
        ("rank", c_size_t),
        ("shape", POINTER(c_size_t)),
        ("strides", POINTER(c_ssize_t)),
        ("values", c_void_p),
    ]


class lfads_training_state(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("epoch", c_int64),
        ("step", c_int64),
        ("learning_rate", c_double),
        ("is_over", c_bool),
        ("seed", c_uint64),
        ("sessions", c_size_t),
        ("train_trials", c_size_t),
        ("valid_trials", c_size_t),
    ]


class lfads_parameter(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("rows", c_size_t),
        ("columns", c_size_t),
        ("is_trained", c_bool),
    ]


class lfads_merging(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("data_file", c_char_p),
        ("train_run_file", c_char_p),
        ("valid_run_file", c_char_p),
        ("output_file", c_char_p),
    ]


class lfads_report_request(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("save_dir", c_char_p),
        ("output_dir", c_char_p),
        ("output_file", c_char_p),
        ("data_dir", c_char_p),
        ("trials", c_size_t),
        ("units", c_size_t),
        ("bootstrap", c_size_t),
        ("seed", c_uint64),
        ("title", c_char_p),
        ("data", c_void_p),
    ]


class lfads_denoiser_shape(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("bins", c_size_t),
        ("channels", c_size_t),
        ("ext_inputs", c_size_t),
        ("outputs", c_size_t),
        ("factors", c_size_t),
        ("inputs", c_size_t),
    ]


class lfads_denoised(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("output", POINTER(c_float)),
        ("factors", POINTER(c_float)),
        ("inputs", POINTER(c_float)),
    ]


class lfads_file_array(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("type", c_int),
        ("rank", c_size_t),
        ("shape", c_size_t * 4),
        ("count", c_size_t),
    ]


class lfads_model_shape(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("sessions", c_size_t),
        ("parameters", c_size_t),
        ("bins", c_size_t),
        ("encoded_bins", c_size_t),
        ("ext_inputs", c_size_t),
        ("factors", c_size_t),
        ("generator_units", c_size_t),
        ("initial_conditions", c_size_t),
        ("inferred_inputs", c_size_t),
        ("step", c_int64),
        ("epoch", c_int64),
        ("seed", c_uint64),
    ]


class lfads_session(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("channels", c_size_t),
        ("heldout", c_size_t),
    ]


class lfads_result(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("rank", c_size_t),
        ("shape", c_size_t * 3),
        ("has_spread", c_bool),
        ("is_of_prior", c_bool),
    ]


class lfads_output(Structure):
    _fields_ = [
        ("name", c_char_p),
        ("type", c_int),
        ("values", c_void_p),
        ("count", c_size_t),
    ]


class lfads_sampling(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("samples", c_size_t),
        ("n_quantiles", c_size_t),
        ("quantiles", POINTER(c_double)),
    ]


class lfads_score(Structure):
    _fields_ = [
        ("set", c_char_p),
        ("trials", c_size_t),
        ("bins", c_size_t),
        ("channels", c_size_t),
        ("heldout", c_size_t),
        ("forward", c_size_t),
        ("has_truth", c_bool),
        ("has_bits_per_spike", c_bool),
        ("has_bounds", c_bool),
        ("has_psth", c_bool),
        ("has_behaviour", c_bool),
        ("has_coverage", c_bool),
        ("r2", c_double),
        ("channel_r2", POINTER(c_double)),
        ("bits_per_spike", c_double),
        ("bits_per_spike_se", c_double),
        ("channel_bits_per_spike", POINTER(c_double)),
        ("co_bps", c_double),
        ("co_bps_se", c_double),
        ("fp_bps", c_double),
        ("fp_bps_se", c_double),
        ("nll", c_double),
        ("nll_vae", c_double),
        ("nll_iwae", c_double),
        ("psth_r2", c_double),
        ("conditions", c_size_t),
        ("psth_sd", c_double),
        ("behaviour_r2", c_double),
        ("decoding_penalty", c_double),
        ("behaviour_components", c_size_t),
        ("missing_data", c_size_t),
        ("missing_truth", c_size_t),
        ("missing_behaviour", c_size_t),
        ("missing_psth", c_size_t),
        ("missing_conditions", c_size_t),
        ("lacks_train_run", c_bool),
        ("coverage", c_double),
        ("coverage_nominal", c_double),
        ("channel_coverage", POINTER(c_double)),
        ("units", POINTER(c_char_p)),
        ("other_data", c_bool),
    ]


class lfads_run_files(Structure):
    _fields_ = [
        ("session", c_char_p),
        ("set", c_char_p),
        ("data_file", c_char_p),
        ("model_run_file", c_char_p),
    ]


class lfads_runs(Structure):
    _fields_ = [
        ("count", c_size_t),
        ("run", POINTER(POINTER(lfads_run_files))),
    ]


class lfads_evaluation(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("data_file", c_char_p),
        ("model_run_file", c_char_p),
        ("train_run_file", c_char_p),
        ("set", c_char_p),
        ("conversion_factor", c_double),
        ("figure", c_char_p),
        ("trial", c_size_t),
        ("bootstrap", c_size_t),
        ("seed", c_uint64),
        ("psth_sd", c_double),
        ("decoding_penalty", c_double),
    ]


class lfads_baseline(Structure):
    _fields_ = [
        ("name", c_char_p),
        ("about", c_char * 200),
        ("score", POINTER(lfads_score)),
    ]


class lfads_baselines(Structure):
    _fields_ = [
        ("count", c_size_t),
        ("of", POINTER(POINTER(lfads_baseline))),
    ]


class lfads_nlb_score(Structure):
    _fields_ = [
        ("set", c_char * 64),
        ("prefix", c_char_p),
        ("co_bps", c_double),
        ("co_bps_se", c_double),
        ("fp_bps", c_double),
        ("fp_bps_se", c_double),
        ("velocity_r2", c_double),
        ("decoding_penalty", c_double),
        ("psth_r2", c_double),
        ("time_correlation", c_double),
        ("missing_spikes", c_size_t),
        ("missing_behaviour", c_size_t),
        ("missing_psth", c_size_t),
    ]


class lfads_nlb_scores(Structure):
    _fields_ = [
        ("count", c_size_t),
        ("sets", POINTER(POINTER(lfads_nlb_score))),
    ]


class lfads_nlb_evaluation(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("target_file", c_char_p),
        ("submission_file", c_char_p),
        ("train_run_file", c_char_p),
        ("set", c_char_p),
        ("decoding_penalty", c_double),
        ("bootstrap", c_size_t),
        ("seed", c_uint64),
    ]


class lfads_nlb_submission(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("eval_run_file", c_char_p),
        ("train_run_file", c_char_p),
        ("set", c_char_p),
        ("output_file", c_char_p),
        ("add_to_file", c_char_p),
    ]


# name: (what it returns, its arguments)
FUNCTIONS = {
    "lfads_version": (c_char_p, []),
    "lfads_build_info": (c_size_t, [c_void_p, c_size_t]),
    "lfads_status_name": (c_char_p, [c_int]),
    "lfads_config_create": (c_int, [POINTER(c_void_p), POINTER(lfads_error)]),
    "lfads_config_free": (None, [c_void_p]),
    "lfads_config_set": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_config_get": (c_char_p, [c_void_p, c_char_p]),
    "lfads_config_is_given": (c_bool, [c_void_p, c_char_p]),
    "lfads_config_set_default": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_config_set_files": (c_int, [c_void_p, POINTER(c_char_p), c_size_t, POINTER(lfads_error)]),
    "lfads_config_get_file": (c_size_t, [c_void_p, c_size_t, c_void_p, c_size_t]),
    "lfads_config_check": (c_int, [c_void_p, POINTER(lfads_error)]),
    "lfads_flags_count": (c_size_t, [c_int]),
    "lfads_flags_get": (c_int, [POINTER(lfads_flag), c_int, c_size_t, POINTER(lfads_error)]),
    "lfads_flag_read": (c_int, [c_void_p, c_size_t, POINTER(lfads_flag), c_char_p, POINTER(lfads_error)]),
    "lfads_flag_range": (c_int, [c_void_p, c_size_t, POINTER(lfads_flag), POINTER(lfads_error)]),
    "lfads_nearest": (c_char_p, [c_char_p, POINTER(c_char_p), c_size_t, c_void_p]),
    "lfads_data_create": (c_int, [POINTER(c_void_p), POINTER(lfads_error)]),
    "lfads_data_free": (None, [c_void_p]),
    "lfads_data_put": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_array), c_int,
        POINTER(lfads_error)]),
    "lfads_data_sessions": (c_size_t, [c_void_p]),
    "lfads_data_session": (c_char_p, [c_void_p, c_size_t]),
    "lfads_data_rows": (c_size_t, [c_void_p, c_size_t, c_char_p]),
    "lfads_training_create": (c_int, [POINTER(c_void_p), c_void_p, c_void_p, POINTER(lfads_callbacks),
        POINTER(lfads_error)]),
    "lfads_training_free": (None, [c_void_p]),
    "lfads_training_epoch": (c_int, [c_void_p, POINTER(lfads_error)]),
    "lfads_training_run": (c_int, [c_void_p, POINTER(lfads_error)]),
    "lfads_training_save": (c_int, [c_void_p, c_char_p, POINTER(lfads_error)]),
    "lfads_training_get_state": (c_int, [c_void_p, POINTER(lfads_training_state), POINTER(lfads_error)]),
    "lfads_training_last": (POINTER(lfads_epoch), [c_void_p]),
    "lfads_training_get": (c_char_p, [c_void_p, c_char_p]),
    "lfads_training_set": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_training_parameters": (c_size_t, [c_void_p]),
    "lfads_training_parameter": (c_int, [c_void_p, c_size_t, POINTER(lfads_parameter), POINTER(lfads_error)]),
    "lfads_training_get_parameter": (c_int, [c_void_p, c_char_p, c_void_p, c_size_t, POINTER(lfads_error)]),
    "lfads_training_set_parameter": (c_int, [c_void_p, c_char_p, c_void_p, c_size_t, POINTER(lfads_error)]),
    "lfads_train": (c_int, [c_void_p, POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_tune_config_create": (c_int, [POINTER(c_void_p), POINTER(lfads_error)]),
    "lfads_tune_config_free": (None, [c_void_p]),
    "lfads_tune_config_set": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_tune": (c_int, [c_void_p, c_void_p, POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_posterior_sample": (c_int, [c_void_p, POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_posterior_mean": (c_int, [c_void_p, POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_prior_sample": (c_int, [c_void_p, POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_write_params": (c_int, [c_void_p, POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_synth_config_create": (c_int, [POINTER(c_void_p), POINTER(lfads_error)]),
    "lfads_synth_config_free": (None, [c_void_p]),
    "lfads_synth_config_set": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_synth": (c_int, [c_char_p, c_void_p, POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_prepare_config_create": (c_int, [POINTER(c_void_p), POINTER(lfads_error)]),
    "lfads_prepare_config_free": (None, [c_void_p]),
    "lfads_prepare_config_set": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_prepare": (c_int, [POINTER(c_char_p), c_size_t, c_void_p, POINTER(lfads_callbacks),
        POINTER(lfads_error)]),
    "lfads_merge": (c_int, [POINTER(lfads_merging), POINTER(lfads_error)]),
    "lfads_report": (c_int, [POINTER(lfads_report_request), POINTER(lfads_callbacks), POINTER(lfads_error)]),
    "lfads_training_report": (c_int, [c_void_p, POINTER(lfads_report_request), POINTER(lfads_callbacks),
        POINTER(lfads_error)]),
    "lfads_denoiser_create": (c_int, [POINTER(c_void_p), c_char_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_denoiser_free": (None, [c_void_p]),
    "lfads_denoiser_get_shape": (c_int, [c_void_p, POINTER(lfads_denoiser_shape), POINTER(lfads_error)]),
    "lfads_denoise": (c_int, [c_void_p, c_void_p, c_void_p, POINTER(lfads_denoised), POINTER(lfads_error)]),
    "lfads_denoiser_begin": (c_int, [c_void_p, POINTER(lfads_error)]),
    "lfads_denoise_bin": (c_int, [c_void_p, c_void_p, c_void_p, POINTER(lfads_denoised), c_void_p,
        POINTER(lfads_error)]),
    "lfads_file_open": (c_int, [POINTER(c_void_p), c_char_p, POINTER(lfads_error)]),
    "lfads_file_create": (c_int, [POINTER(c_void_p), c_char_p, POINTER(lfads_error)]),
    "lfads_file_free": (None, [c_void_p]),
    "lfads_file_arrays": (c_size_t, [c_void_p]),
    "lfads_file_describe": (c_int, [c_void_p, c_size_t, POINTER(lfads_file_array), POINTER(lfads_error)]),
    "lfads_file_read": (c_int, [c_void_p, c_char_p, c_int, c_void_p, c_size_t, POINTER(lfads_error)]),
    "lfads_file_attribute": (c_int, [c_void_p, c_char_p, c_void_p, c_size_t, POINTER(lfads_error)]),
    "lfads_file_write": (c_int, [c_void_p, c_char_p, POINTER(lfads_array), POINTER(lfads_error)]),
    "lfads_file_write_attribute": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(lfads_error)]),
    "lfads_file_finish": (c_int, [c_void_p, POINTER(lfads_error)]),
    "lfads_model_create": (c_int, [POINTER(c_void_p), c_void_p, c_int, POINTER(lfads_error)]),
    "lfads_model_open": (c_int, [POINTER(c_void_p), c_void_p, POINTER(lfads_callbacks),
        POINTER(lfads_error)]),
    "lfads_model_free": (None, [c_void_p]),
    "lfads_model_get_shape": (c_int, [c_void_p, POINTER(lfads_model_shape), POINTER(lfads_error)]),
    "lfads_model_session": (c_int, [c_void_p, c_size_t, POINTER(lfads_session), POINTER(lfads_error)]),
    "lfads_model_get": (c_char_p, [c_void_p, c_char_p]),
    "lfads_model_parameter": (c_int, [c_void_p, c_size_t, POINTER(lfads_parameter), POINTER(lfads_error)]),
    "lfads_model_get_parameter": (c_int, [c_void_p, c_char_p, c_void_p, c_size_t, POINTER(lfads_error)]),
    "lfads_model_set_parameter": (c_int, [c_void_p, c_char_p, c_void_p, c_size_t, POINTER(lfads_error)]),
    "lfads_model_results": (c_size_t, [c_void_p]),
    "lfads_model_result": (c_int, [c_void_p, c_char_p, c_size_t, POINTER(lfads_result),
        POINTER(lfads_error)]),
    "lfads_model_posterior": (c_int, [c_void_p, c_void_p, c_char_p, c_char_p, c_char_p,
        POINTER(lfads_sampling), POINTER(lfads_output), c_size_t, POINTER(lfads_callbacks),
        POINTER(lfads_error)]),
    "lfads_model_prior": (c_int, [c_void_p, c_char_p, c_size_t, c_void_p, POINTER(lfads_output), c_size_t,
        POINTER(lfads_error)]),
    "lfads_ranks_join": (c_int, [POINTER(c_void_p), POINTER(lfads_error)]),
    "lfads_ranks_leave": (None, [c_void_p]),
    "lfads_ranks_number": (c_size_t, [c_void_p]),
    "lfads_ranks_count": (c_size_t, [c_void_p]),
    "lfads_ranks_agree": (c_int, [c_void_p, c_int, POINTER(lfads_error)]),
    "lfads_config_share": (c_int, [c_void_p, c_void_p, POINTER(lfads_error)]),
    "lfads_tune_config_share": (c_int, [c_void_p, c_void_p, POINTER(lfads_error)]),
    "lfads_runs_find": (c_int, [POINTER(POINTER(lfads_runs)), c_void_p, c_char_p, POINTER(lfads_error)]),
    "lfads_runs_free": (None, [POINTER(lfads_runs)]),
    "lfads_evaluate": (c_int, [POINTER(POINTER(lfads_score)), POINTER(lfads_evaluation),
        POINTER(lfads_error)]),
    "lfads_score_free": (None, [POINTER(lfads_score)]),
    "lfads_evaluate_baselines": (c_int, [POINTER(POINTER(lfads_baselines)), POINTER(lfads_evaluation),
        POINTER(lfads_error)]),
    "lfads_baselines_free": (None, [POINTER(lfads_baselines)]),
    "lfads_evaluate_nlb": (c_int, [POINTER(POINTER(lfads_nlb_scores)), POINTER(lfads_nlb_evaluation),
        POINTER(lfads_error)]),
    "lfads_nlb_scores_free": (None, [POINTER(lfads_nlb_scores)]),
    "lfads_submit_nlb": (c_int, [POINTER(lfads_nlb_submission), POINTER(lfads_error)]),
}
