/** Optimizers with their clipping, losses (saturated too) and metrics, against Keras. */
import { describeTopic } from './keras_topic.ts';

describeTopic('optimizers');
describeTopic('losses');
