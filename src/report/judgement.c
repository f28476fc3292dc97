/* judgement.c - sentences on doubtful models.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/judgement.h"

#include <stdio.h>

/* Nats of a trial below which the posterior of the initial condition carries nothing. */
static const double collapsed = 0.1;
/* Share of the gain over mean rates that may be lost by the last epoch. */
static const double overfitted = 0.2;

bool judgement_gain(char text[JUDGEMENT_SIZE], double null_cost, double lowest, double last)
{
    if (lowest < null_cost)
        return judgement_overfitted(text, null_cost - lowest, lowest, last);
    snprintf(text, JUDGEMENT_SIZE,
             "the validation trials cost %.5g a bin and channel, and mean rates cost %.5g: "
             "the model found nothing that holds for new trials. More trials, wider bins "
             "or fewer units (--gen_dim, --factors_dim) may help",
             lowest, null_cost);
    return true;
}

bool judgement_overfitted(char text[JUDGEMENT_SIZE], double gain, double lowest, double last)
{
    if (!(last - lowest > overfitted * gain))
        return false;
    snprintf(text, JUDGEMENT_SIZE,
             "the model is over-fitted by now: its validation cost rose from %.5g to %.5g. "
             "Sample with --checkpoint_pb_load_name=checkpoint_lve, and train again with "
             "fewer epochs or a greater --l2_gen_scale",
             lowest, last);
    return true;
}

bool judgement_posterior(char text[JUDGEMENT_SIZE], double nats, double weight)
{
    if (!(weight > 0 && nats < collapsed))
        return false;
    snprintf(text, JUDGEMENT_SIZE,
             "the initial conditions carry nothing of the trials (%.2g nats each): all "
             "trials get the same rates. Lower --kl_ic_weight, which is %g",
             nats, weight);
    return true;
}

void judgement_ramps(char text[JUDGEMENT_SIZE], double kl, double l2)
{
    snprintf(text, JUDGEMENT_SIZE,
             "training ended before its penalties had their full weight (KL %.2f, L2 %.2f): "
             "train on, or lower --kl_increase_steps and --l2_increase_steps",
             kl, l2);
}

void judgement_unvalidated(char text[JUDGEMENT_SIZE])
{
    snprintf(text, JUDGEMENT_SIZE,
             "there are no validation trials, so nothing shows whether the "
             "model is over-fitted: add valid_data to the data file");
}
